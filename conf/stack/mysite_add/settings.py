
# Added to what startproject wrote.
ALLOWED_HOSTS = ["localhost", "127.0.0.1"]
INSTALLED_APPS += ["hello"]
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "static"
MEDIA_URL = "/media/"
MEDIA_ROOT = BASE_DIR / "media"
