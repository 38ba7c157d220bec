/* What the two halves of the limit share: loop.c, copy.c. */
#include <sys/types.h>

struct log {
	char *path;     /* NULL: output is thrown away */
	int pipe;       /* our end; -1 before the first start */
	int file;
	int grown;      /* the pipe has been made larger */
	long long size; /* of the file */
	long long max;  /* 0: never rotated */
	int backups;
};

/* log_open creates the file. */
void log_open(struct log *l);

/* log_copy moves what the pipe holds to the file; 0 at the pipe's end. */
int log_copy(struct log *l);

/* fail says what failed and ends the program. */
void fail(const char *what);
