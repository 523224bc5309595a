/* Counts what a process does to files under one folder, and lets the n-th of it fail.

   Loaded with LD_PRELOAD, so that SQLite's writes are seen like Python's. Off until fault_arm. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

enum { KILL = 1, TORN = 2, NOSPACE = 3, IOERROR = 4, FULL = 5 };

static char root[PATH_MAX];
static long at, seen;
static int kind;

void fault_arm(const char *folder, long number, int what) {
    strncpy(root, folder, sizeof root - 1);
    at = number;
    kind = what;
    seen = 0;
}

long fault_seen(void) { return seen; }

#define REAL(type, name, ...) \
    static type (*real)(__VA_ARGS__); \
    if (!real) real = (type (*)(__VA_ARGS__))dlsym(RTLD_NEXT, name)

static int die(void) {
    kill(getpid(), SIGKILL);
    for (;;) pause();
}

static int inside(const char *path) {
    size_t length = strlen(root);
    return length && path && strncmp(path, root, length) == 0;
}

static int open_inside(int fd) {
    char link[64], path[PATH_MAX];
    if (!*root) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return inside(path);
}

/* Whether this operation is to fail with errno set; does not return if it is to be the last.
   `makes` says whether it needs room on the disk: a full disk still lets files be removed. */
static int fails(int makes) {
    seen++;
    int now = at && (seen == at || (kind == FULL && seen > at));
    if (!now) return 0;
    if (kind == KILL || kind == TORN) die();
    if ((kind == NOSPACE || kind == FULL) && !makes) return 0;
    errno = kind == IOERROR ? EIO : ENOSPC;
    return 1;
}

static int tears(void) { return at && kind == TORN && seen + 1 == at; }

ssize_t write(int fd, const void *data, size_t length) {
    REAL(ssize_t, "write", int, const void *, size_t);
    if (open_inside(fd)) {
        if (tears()) { real(fd, data, length / 2); die(); }
        if (fails(1)) return -1;
    }
    return real(fd, data, length);
}

ssize_t pwrite64(int fd, const void *data, size_t length, off64_t place) {
    REAL(ssize_t, "pwrite64", int, const void *, size_t, off64_t);
    if (open_inside(fd)) {
        if (tears()) { real(fd, data, length / 2, place); die(); }
        if (fails(1)) return -1;
    }
    return real(fd, data, length, place);
}

ssize_t pwrite(int fd, const void *data, size_t length, off_t place) {
    return pwrite64(fd, data, length, place);
}

#define ON_FD(type, name, makes, arguments, ...) \
    type name arguments { \
        REAL(type, #name, __VA_ARGS__); \
        if (open_inside(fd) && fails(makes)) return -1;

ON_FD(int, fsync, 1, (int fd), int) return real(fd); }
ON_FD(int, syncfs, 1, (int fd), int) return real(fd); }
ON_FD(int, fdatasync, 1, (int fd), int) return real(fd); }
ON_FD(int, ftruncate, 0, (int fd, off_t n), int, off_t) return real(fd, n); }
ON_FD(int, ftruncate64, 0, (int fd, off64_t n), int, off64_t) return real(fd, n); }

#define ON_PATH(name, makes, path, arguments, ...) \
    int name arguments { \
        REAL(int, #name, __VA_ARGS__); \
        if (inside(path) && fails(makes)) return -1;

ON_PATH(unlink, 0, p, (const char *p), const char *) return real(p); }
ON_PATH(rmdir, 0, p, (const char *p), const char *) return real(p); }
ON_PATH(mkdir, 1, p, (const char *p, mode_t m), const char *, mode_t) return real(p, m); }
ON_PATH(rename, 1, b, (const char *a, const char *b), const char *, const char *)
    return real(a, b); }
ON_PATH(link, 1, b, (const char *a, const char *b), const char *, const char *)
    return real(a, b); }
ON_PATH(renameat2, 1, b, (int f, const char *a, int g, const char *b, unsigned n),
        int, const char *, int, const char *, unsigned) return real(f, a, g, b, n); }
ON_PATH(linkat, 1, b, (int f, const char *a, int g, const char *b, int n),
        int, const char *, int, const char *, int) return real(f, a, g, b, n); }

int unlinkat(int fd, const char *path, int flags) {
    REAL(int, "unlinkat", int, const char *, int);
    if ((inside(path) || (fd != AT_FDCWD && open_inside(fd))) && fails(0)) return -1;
    return real(fd, path, flags);
}

/* SQLite draws a number for each journal: without it, equal faults leave equal files. */
static const char *without_chance(const char *path) {
    return *root && strcmp(path, "/dev/urandom") == 0 ? "/dev/zero" : path;
}

#define OPENER(name) \
    int name(const char *path, int flags, ...) { \
        REAL(int, #name, const char *, int, ...); \
        mode_t mode = 0; \
        if (flags & O_CREAT) { \
            va_list rest; \
            va_start(rest, flags); \
            mode = va_arg(rest, mode_t); \
            va_end(rest); \
            if (inside(path) && fails(1)) return -1; \
        } \
        return real(without_chance(path), flags, mode); \
    }

OPENER(open)
OPENER(open64)
