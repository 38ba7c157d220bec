
# Added to what startproject wrote.
from hello import views

urlpatterns.append(path("", views.page))
