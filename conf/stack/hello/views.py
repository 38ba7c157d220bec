"""One page, made anew for each request."""

import os

from django.shortcuts import render

GREETING = "Hello from Django"


def page(request):
    name = request.GET.get("name", "visitor")
    return render(
        request,
        "hello/page.html",
        {"greeting": GREETING, "name": name, "pid": os.getpid()},
    )
