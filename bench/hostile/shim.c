/* Counts the calls of this process that change a file under one folder, and lets the n-th fail or kills the process
   at it. Loaded with LD_PRELOAD; armed from Python, in a fork, just before a command runs. */
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
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static char under[PATH_MAX];
static size_t under_bytes;
static volatile long seen, wanted;
static volatile int log_all, log_to = -1, fault; /* fault: an errno; 0: SIGKILL */
static volatile int armed;

/* from: 0 counts only; n > 0: the n-th call gets the fault. descriptor: where calls met are written down. */
void firsthand_arm(const char *folder, long nth, int error, int descriptor, int all) {
  strncpy(under, folder, sizeof under - 1);
  under_bytes = strlen(under);
  seen = 0, wanted = nth, fault = error, log_to = descriptor, log_all = all;
  armed = 1;
}

long firsthand_seen(void) { return seen; }

static void told(const char *call, const char *path) {
  char line[PATH_MAX + 64];
  int length = snprintf(line, sizeof line, "%s %s\n", call, path);
  if (log_to >= 0 && length > 0) syscall(SYS_write, log_to, line, (size_t)length);
}

/* 1: the call must not be made; errno is set. */
static int met(const char *call, const char *path) {
  if (strncmp(path, under, under_bytes) != 0) return 0;
  long number = __sync_add_and_fetch(&seen, 1);
  if (log_all || number == wanted) told(call, path);
  if (number != wanted) return 0;
  if (fault == 0) {
    syscall(SYS_kill, getpid(), SIGKILL);
    for (;;) pause();
  }
  errno = fault;
  return 1;
}

static int met_file(const char *call, int descriptor) {
  char link[64], path[PATH_MAX];
  if (!armed) return 0;
  snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
  long length = syscall(SYS_readlinkat, AT_FDCWD, link, path, sizeof path - 1);
  if (length <= 0) return 0;
  path[length] = 0;
  return met(call, path);
}

static int met_name(const char *call, int folder, const char *name) {
  char whole[PATH_MAX];
  if (!armed || name == NULL) return 0;
  if (name[0] == '/') return met(call, name);
  char link[64];
  if (folder == AT_FDCWD) strcpy(link, "/proc/self/cwd");
  else snprintf(link, sizeof link, "/proc/self/fd/%d", folder);
  long length = syscall(SYS_readlinkat, AT_FDCWD, link, whole, sizeof whole - 1);
  if (length <= 0 || (size_t)length + strlen(name) + 2 > sizeof whole) return 0;
  whole[length] = '/';
  strcpy(whole + length + 1, name);
  return met(call, whole);
}

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))
#define BY_FILE(call, kind, name, parameters, descriptor, ...) \
  kind name parameters {                                       \
    static kind(*next) parameters;                             \
    if (next == NULL) next = (kind(*) parameters)dlsym(RTLD_NEXT, #name); \
    return met_file(call, descriptor) ? -1 : next(__VA_ARGS__); \
  }
#define BY_NAME(call, kind, name, parameters, folder, path, ...) \
  kind name parameters {                                        \
    static kind(*next) parameters;                              \
    if (next == NULL) next = (kind(*) parameters)dlsym(RTLD_NEXT, #name); \
    return met_name(call, folder, path) ? -1 : next(__VA_ARGS__); \
  }

BY_FILE("write", ssize_t, write, (int d, const void *b, size_t n), d, d, b, n)
BY_FILE("pwrite64", ssize_t, pwrite, (int d, const void *b, size_t n, off_t o), d, d, b, n, o)
BY_FILE("pwrite64", ssize_t, pwrite64, (int d, const void *b, size_t n, off64_t o), d, d, b, n, o)
BY_FILE("writev", ssize_t, writev, (int d, const struct iovec *b, int n), d, d, b, n)
BY_FILE("pwritev", ssize_t, pwritev, (int d, const struct iovec *b, int n, off_t o), d, d, b, n, o)
BY_FILE("pwritev", ssize_t, pwritev64, (int d, const struct iovec *b, int n, off64_t o), d, d, b, n, o)
BY_FILE("fsync", int, fsync, (int d), d, d)
BY_FILE("fdatasync", int, fdatasync, (int d), d, d)
BY_FILE("ftruncate", int, ftruncate, (int d, off_t n), d, d, n)
BY_FILE("ftruncate", int, ftruncate64, (int d, off64_t n), d, d, n)
BY_FILE("fallocate", int, fallocate, (int d, int m, off_t o, off_t n), d, d, m, o, n)
BY_FILE("fallocate", int, fallocate64, (int d, int m, off64_t o, off64_t n), d, d, m, o, n)
BY_FILE("fchmod", int, fchmod, (int d, mode_t m), d, d, m)
BY_FILE("sendfile", ssize_t, sendfile, (int d, int s, off_t *o, size_t n), d, d, s, o, n)
BY_FILE("sendfile", ssize_t, sendfile64, (int d, int s, off64_t *o, size_t n), d, d, s, o, n)
BY_FILE("copy_file_range", ssize_t, copy_file_range, (int s, off64_t *a, int d, off64_t *b, size_t n, unsigned f), d, s, a, d, b, n, f)
BY_NAME("truncate", int, truncate, (const char *p, off_t n), AT_FDCWD, p, p, n)
BY_NAME("truncate", int, truncate64, (const char *p, off64_t n), AT_FDCWD, p, p, n)
BY_NAME("rename", int, rename, (const char *a, const char *b), AT_FDCWD, b, a, b)
BY_NAME("renameat", int, renameat, (int f, const char *a, int g, const char *b), g, b, f, a, g, b)
BY_NAME("renameat2", int, renameat2, (int f, const char *a, int g, const char *b, unsigned w), g, b, f, a, g, b, w)
BY_NAME("link", int, link, (const char *a, const char *b), AT_FDCWD, b, a, b)
BY_NAME("linkat", int, linkat, (int f, const char *a, int g, const char *b, int w), g, b, f, a, g, b, w)
BY_NAME("symlink", int, symlink, (const char *a, const char *b), AT_FDCWD, b, a, b)
BY_NAME("symlinkat", int, symlinkat, (const char *a, int g, const char *b), g, b, a, g, b)
BY_NAME("unlink", int, unlink, (const char *p), AT_FDCWD, p, p)
BY_NAME("unlinkat", int, unlinkat, (int f, const char *p, int w), f, p, f, p, w)
BY_NAME("rmdir", int, rmdir, (const char *p), AT_FDCWD, p, p)
BY_NAME("mkdir", int, mkdir, (const char *p, mode_t m), AT_FDCWD, p, p, m)
BY_NAME("mkdirat", int, mkdirat, (int f, const char *p, mode_t m), f, p, f, p, m)
BY_NAME("chmod", int, chmod, (const char *p, mode_t m), AT_FDCWD, p, p, m)
BY_NAME("fchmodat", int, fchmodat, (int f, const char *p, mode_t m, int w), f, p, f, p, m, w)

/* A name that is opened to be read changes nothing. */
#define OPENING(name, has_folder, folder, declared, passed)                 \
  int name declared {                                                       \
    static int(*next)(passed_types_##has_folder);                           \
    if (next == NULL) next = (int (*)(passed_types_##has_folder))dlsym(RTLD_NEXT, #name); \
    mode_t mode = 0;                                                        \
    if (flags & (O_CREAT | O_TMPFILE)) {                                    \
      va_list rest;                                                         \
      va_start(rest, flags);                                                \
      mode = va_arg(rest, mode_t);                                          \
      va_end(rest);                                                         \
    }                                                                       \
    if ((flags & O_CREAT) && met_name("openat", folder, path)) return -1;   \
    return next passed;                                                     \
  }
#define passed_types_0 const char *, int, mode_t
#define passed_types_1 int, const char *, int, mode_t
OPENING(open, 0, AT_FDCWD, (const char *path, int flags, ...), (path, flags, mode))
OPENING(open64, 0, AT_FDCWD, (const char *path, int flags, ...), (path, flags, mode))
OPENING(openat, 1, at, (int at, const char *path, int flags, ...), (at, path, flags, mode))
OPENING(openat64, 1, at, (int at, const char *path, int flags, ...), (at, path, flags, mode))
