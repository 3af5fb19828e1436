/* Records what a program does to the files below one directory, in order and with the data, and
 * what it tells and is told over SMTP: preloaded (LD_PRELOAD) by tests/tests/all/power_cut.rs, which
 * compiles it. What the power may take away at any moment is computed from this record.
 *
 *   RECORD_DIRECTORY   the files below it are recorded (absolute, without links)
 *   RECORD_FILE        where to; appended to
 *   RECORD_LATE_SYNCS  syncs succeed without being done, and take effect with the next one of the
 *                      file: an answer then comes before its sync, which the test has to notice
 *
 * Each record: kind, inode, a number, length of the data (64 bit each, this machine's order), data.
 * A change and its record are made under one lock, so the order is the true one. A sync is two
 * records, since what is written while it runs is not covered by it.
 *
 * SQLite's index of its log (-shm) is left out: it is shared memory, made anew after a crash. Ways
 * of writing that are not understood here are recorded as such, and the test refuses them.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum kind {
    MAKE = 1,       /* inode; data: path */
    WRITE = 2,      /* inode, offset; data */
    RESIZE = 3,     /* inode, size */
    GROW = 4,       /* inode, least size */
    SYNC_BEGIN = 5, /* inode, ticket */
    SYNC_END = 6,   /* inode, ticket */
    NAMES_BEGIN = 7, /* directory's inode, ticket */
    NAMES_END = 8,
    RENAME = 9,     /* data: path, NUL, path */
    UNLINK = 10,    /* data: path */
    SENT = 11,      /* data: the answer that took a message */
    TOLD = 12,      /* data: the answer of a host that took one */
    STRANGE = 13,   /* data: what was done */
};

enum { FILES = 4096 };
enum what { NOTHING = 0, A_FILE, A_DIRECTORY };

static pthread_mutex_t order = PTHREAD_MUTEX_INITIALIZER;
static char directory[PATH_MAX];
static size_t directory_length;
static int record = -1;
static int late;
static uint64_t tickets;
static struct { enum what what; uint64_t inode; int appends; } files[FILES];
/* Of syncs that were promised and not done. */
static struct { uint64_t inode, ticket; } promised[FILES];

#define REAL(name) ((__typeof__(&name))real(#name))

static void *real(const char *name) {
    void *found = dlsym(RTLD_NEXT, name);
    if (!found) abort();
    return found;
}

__attribute__((constructor)) static void start(void) {
    const char *where = getenv("RECORD_DIRECTORY"), *to = getenv("RECORD_FILE");
    if (!where || !to) return;
    snprintf(directory, sizeof directory, "%s", where);
    directory_length = strlen(directory);
    late = getenv("RECORD_LATE_SYNCS") != NULL;
    record = syscall(SYS_openat, AT_FDCWD, to, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (record < 0) abort();
}

/* Under the lock. */
static void put(enum kind kind, uint64_t inode, uint64_t number, const void *data, size_t length) {
    uint64_t head[4] = {kind, inode, number, length};
    struct iovec parts[2] = {{head, sizeof head}, {(void *)data, length}};
    if (syscall(SYS_writev, record, parts, length ? 2 : 1) != (ssize_t)(sizeof head + length)) abort();
}

static void strange(const char *what) {
    pthread_mutex_lock(&order);
    put(STRANGE, 0, 0, what, strlen(what));
    pthread_mutex_unlock(&order);
}

static int is_below(const char *path) {
    size_t length = path ? strlen(path) : 0;
    if (record < 0 || length < directory_length || strncmp(path, directory, directory_length)) return 0;
    if (path[directory_length] != '/' && path[directory_length] != 0) return 0;
    return !(length > 4 && !strcmp(path + length - 4, "-shm"));
}

static enum what what(int fd) {
    return record >= 0 && fd >= 0 && fd < FILES ? files[fd].what : NOTHING;
}

/* --- names ------------------------------------------------------------------------------------ */

static int opened(const char *path, int flags, mode_t mode) {
    if (!is_below(path)) return syscall(SYS_openat, AT_FDCWD, path, flags, mode);
    pthread_mutex_lock(&order);
    struct stat before, after;
    int was = !stat(path, &before);
    int fd = syscall(SYS_openat, AT_FDCWD, path, flags, mode), error = errno;
    if (fd >= 0 && !fstat(fd, &after)) {
        if (fd >= FILES) abort();
        files[fd].what = S_ISDIR(after.st_mode) ? A_DIRECTORY : A_FILE;
        files[fd].inode = after.st_ino;
        files[fd].appends = (flags & O_APPEND) != 0;
        if (files[fd].what == A_FILE) {
            if (!was) put(MAKE, after.st_ino, 0, path, strlen(path));
            else if ((flags & O_TRUNC) && before.st_size) put(RESIZE, after.st_ino, 0, NULL, 0);
        }
    }
    pthread_mutex_unlock(&order);
    errno = error;
    return fd;
}

#define OPEN(name)                                         \
    int name(const char *path, int flags, ...) {           \
        va_list rest;                                      \
        va_start(rest, flags);                             \
        mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0; \
        va_end(rest);                                      \
        return opened(path, flags, mode);                  \
    }
OPEN(open)
OPEN(open64)

#define OPENAT(name)                                       \
    int name(int at, const char *path, int flags, ...) {   \
        va_list rest;                                      \
        va_start(rest, flags);                             \
        mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0; \
        va_end(rest);                                      \
        if (at == AT_FDCWD || path[0] == '/') return opened(path, flags, mode); \
        if (what(at) && flags & (O_WRONLY | O_RDWR)) strange("openat"); \
        return syscall(SYS_openat, at, path, flags, mode); \
    }
OPENAT(openat)
OPENAT(openat64)

int creat(const char *path, mode_t mode) { return opened(path, O_CREAT | O_WRONLY | O_TRUNC, mode); }
int creat64(const char *path, mode_t mode) { return creat(path, mode); }

int close(int fd) {
    if (what(fd)) {
        pthread_mutex_lock(&order);
        files[fd].what = NOTHING;
        pthread_mutex_unlock(&order);
    }
    return syscall(SYS_close, fd);
}

int rename(const char *from, const char *to) {
    if (!is_below(from) && !is_below(to)) return REAL(rename)(from, to);
    pthread_mutex_lock(&order);
    int result = REAL(rename)(from, to), error = errno;
    if (!result) {
        char both[2 * PATH_MAX];
        size_t first = strlen(from), second = strlen(to);
        if (!is_below(from) || !is_below(to)) put(STRANGE, 0, 0, "rename across", 13);
        if (first + second + 1 > sizeof both) abort();
        memcpy(both, from, first + 1);
        memcpy(both + first + 1, to, second);
        put(RENAME, 0, 0, both, first + 1 + second);
    }
    pthread_mutex_unlock(&order);
    errno = error;
    return result;
}

int unlink(const char *path) {
    if (!is_below(path)) return REAL(unlink)(path);
    pthread_mutex_lock(&order);
    int result = REAL(unlink)(path), error = errno;
    if (!result) put(UNLINK, 0, 0, path, strlen(path));
    pthread_mutex_unlock(&order);
    errno = error;
    return result;
}

int renameat(int a, const char *from, int b, const char *to) {
    if (is_below(from) || is_below(to) || what(a) || what(b)) strange("renameat");
    return REAL(renameat)(a, from, b, to);
}

int renameat2(int a, const char *from, int b, const char *to, unsigned flags) {
    if (is_below(from) || is_below(to) || what(a) || what(b)) strange("renameat2");
    return REAL(renameat2)(a, from, b, to, flags);
}

int unlinkat(int at, const char *path, int flags) {
    if (is_below(path) || what(at)) strange("unlinkat");
    return REAL(unlinkat)(at, path, flags);
}

int link(const char *from, const char *to) {
    if (is_below(from) || is_below(to)) strange("link");
    return REAL(link)(from, to);
}

int linkat(int a, const char *from, int b, const char *to, int flags) {
    if (is_below(from) || is_below(to) || what(a) || what(b)) strange("linkat");
    return REAL(linkat)(a, from, b, to, flags);
}

int truncate(const char *path, off_t size) {
    if (is_below(path)) strange("truncate");
    return REAL(truncate)(path, size);
}

/* --- content ---------------------------------------------------------------------------------- */

/* `at` below 0: where the file is. */
static ssize_t written(int fd, const void *data, size_t length, off_t at) {
    pthread_mutex_lock(&order);
    uint64_t offset = at;
    if (at < 0) {
        struct stat now;
        if (files[fd].appends && !fstat(fd, &now)) offset = now.st_size;
        else offset = syscall(SYS_lseek, fd, 0, SEEK_CUR);
    }
    ssize_t done = at < 0 ? syscall(SYS_write, fd, data, length)
                          : syscall(SYS_pwrite64, fd, data, length, at);
    int error = errno;
    if (done > 0) put(WRITE, files[fd].inode, offset, data, done);
    pthread_mutex_unlock(&order);
    errno = error;
    return done;
}

static ssize_t written_parts(int fd, const struct iovec *parts, int count, off_t at) {
    ssize_t total = 0;
    for (int i = 0; i < count; i++) {
        ssize_t done = written(fd, parts[i].iov_base, parts[i].iov_len, at < 0 ? at : at + total);
        if (done < 0) return total ? total : done;
        total += done;
        if ((size_t)done < parts[i].iov_len) break;
    }
    return total;
}

static void said(int fd, enum kind kind, const void *data, size_t length);

ssize_t write(int fd, const void *data, size_t length) {
    if (what(fd) == A_FILE) return written(fd, data, length, -1);
    said(fd, SENT, data, length);
    return syscall(SYS_write, fd, data, length);
}

ssize_t pwrite(int fd, const void *data, size_t length, off_t at) {
    if (what(fd) == A_FILE) return written(fd, data, length, at);
    return syscall(SYS_pwrite64, fd, data, length, at);
}
ssize_t pwrite64(int fd, const void *data, size_t length, off64_t at) { return pwrite(fd, data, length, at); }

ssize_t writev(int fd, const struct iovec *parts, int count) {
    if (what(fd) == A_FILE) return written_parts(fd, parts, count, -1);
    for (int i = 0; i < count; i++) said(fd, SENT, parts[i].iov_base, parts[i].iov_len);
    return syscall(SYS_writev, fd, parts, count);
}

ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t at) {
    if (what(fd) == A_FILE) return written_parts(fd, parts, count, at);
    return REAL(pwritev)(fd, parts, count, at);
}
ssize_t pwritev64(int fd, const struct iovec *parts, int count, off64_t at) { return pwritev(fd, parts, count, at); }

ssize_t pwritev2(int fd, const struct iovec *parts, int count, off_t at, int flags) {
    if (what(fd)) strange("pwritev2");
    return REAL(pwritev2)(fd, parts, count, at, flags);
}

int ftruncate(int fd, off_t size) {
    if (what(fd) != A_FILE) return syscall(SYS_ftruncate, fd, size);
    pthread_mutex_lock(&order);
    int result = syscall(SYS_ftruncate, fd, size), error = errno;
    if (!result) put(RESIZE, files[fd].inode, size, NULL, 0);
    pthread_mutex_unlock(&order);
    errno = error;
    return result;
}
int ftruncate64(int fd, off64_t size) { return ftruncate(fd, size); }

int fallocate(int fd, int mode, off_t at, off_t length) {
    if (what(fd) != A_FILE) return syscall(SYS_fallocate, fd, mode, at, length);
    if (mode) strange("fallocate with a mode");
    pthread_mutex_lock(&order);
    int result = syscall(SYS_fallocate, fd, mode, at, length), error = errno;
    if (!result) put(GROW, files[fd].inode, at + length, NULL, 0);
    pthread_mutex_unlock(&order);
    errno = error;
    return result;
}
int fallocate64(int fd, int mode, off64_t at, off64_t length) { return fallocate(fd, mode, at, length); }

int posix_fallocate(int fd, off_t at, off_t length) {
    if (what(fd) != A_FILE) return REAL(posix_fallocate)(fd, at, length);
    return fallocate(fd, 0, at, length) ? errno : 0;
}
int posix_fallocate64(int fd, off64_t at, off64_t length) { return posix_fallocate(fd, at, length); }

void *mmap(void *where, size_t length, int protection, int flags, int fd, off_t at) {
    if (what(fd) && flags & MAP_SHARED && protection & PROT_WRITE) strange("mmap");
    return (void *)syscall(SYS_mmap, where, length, protection, flags, fd, at);
}
void *mmap64(void *where, size_t length, int protection, int flags, int fd, off64_t at) {
    return mmap(where, length, protection, flags, fd, at);
}

ssize_t copy_file_range(int from, off64_t *a, int to, off64_t *b, size_t length, unsigned flags) {
    if (what(to)) strange("copy_file_range");
    return REAL(copy_file_range)(from, a, to, b, length, flags);
}

ssize_t sendfile(int to, int from, off_t *at, size_t length) {
    if (what(to)) strange("sendfile");
    return syscall(SYS_sendfile, to, from, at, length);
}
ssize_t sendfile64(int to, int from, off64_t *at, size_t length) { return sendfile(to, from, at, length); }

static int synced(int fd, int call) {
    int names = what(fd) == A_DIRECTORY;
    enum kind begin = names ? NAMES_BEGIN : SYNC_BEGIN, end = names ? NAMES_END : SYNC_END;
    pthread_mutex_lock(&order);
    uint64_t inode = files[fd].inode, ticket = ++tickets;
    put(begin, inode, ticket, NULL, 0);
    if (late) {
        size_t i = 0;
        while (i < FILES - 1 && promised[i].ticket && promised[i].inode != inode) i++;
        if (promised[i].ticket) put(end, inode, promised[i].ticket, NULL, 0);
        promised[i].inode = inode;
        promised[i].ticket = ticket;
        pthread_mutex_unlock(&order);
        return 0;
    }
    pthread_mutex_unlock(&order);
    int result = syscall(call, fd), error = errno;
    pthread_mutex_lock(&order);
    if (!result) put(end, inode, ticket, NULL, 0);
    pthread_mutex_unlock(&order);
    errno = error;
    return result;
}

int fsync(int fd) { return what(fd) ? synced(fd, SYS_fsync) : syscall(SYS_fsync, fd); }
int fdatasync(int fd) { return what(fd) ? synced(fd, SYS_fdatasync) : syscall(SYS_fdatasync, fd); }

int sync_file_range(int fd, off64_t at, off64_t length, unsigned flags) {
    if (what(fd)) strange("sync_file_range");
    return REAL(sync_file_range)(fd, at, length, flags);
}

int dup(int fd) {
    if (what(fd) == A_FILE) strange("dup");
    return syscall(SYS_dup, fd);
}

/* --- what is told ----------------------------------------------------------------------------- */

/* Before it is sent, and after it was received: whoever reads the record may rely on it from here. */
static void said(int fd, enum kind kind, const void *data, size_t length) {
    const char *text = kind == SENT ? "[InternalId=" : "taken number ";
    struct stat now;
    if (record < 0 || !memmem(data, length, text, strlen(text))) return;
    if (fstat(fd, &now) || !S_ISSOCK(now.st_mode)) return;
    pthread_mutex_lock(&order);
    put(kind, 0, 0, data, length);
    pthread_mutex_unlock(&order);
}

ssize_t send(int fd, const void *data, size_t length, int flags) {
    said(fd, SENT, data, length);
    return syscall(SYS_sendto, fd, data, length, flags, NULL, 0);
}

ssize_t sendmsg(int fd, const struct msghdr *message, int flags) {
    for (size_t i = 0; i < message->msg_iovlen; i++)
        said(fd, SENT, message->msg_iov[i].iov_base, message->msg_iov[i].iov_len);
    return syscall(SYS_sendmsg, fd, message, flags);
}

ssize_t recv(int fd, void *data, size_t length, int flags) {
    ssize_t got = syscall(SYS_recvfrom, fd, data, length, flags, NULL, NULL);
    int error = errno;
    if (got > 0) said(fd, TOLD, data, got);
    errno = error;
    return got;
}

ssize_t read(int fd, void *data, size_t length) {
    ssize_t got = syscall(SYS_read, fd, data, length);
    int error = errno;
    if (got > 0) said(fd, TOLD, data, got);
    errno = error;
    return got;
}

ssize_t readv(int fd, const struct iovec *parts, int count) {
    ssize_t got = syscall(SYS_readv, fd, parts, count), left = got;
    int error = errno;
    for (int i = 0; i < count && left > 0; i++) {
        size_t length = (size_t)left < parts[i].iov_len ? (size_t)left : parts[i].iov_len;
        said(fd, TOLD, parts[i].iov_base, length);
        left -= length;
    }
    errno = error;
    return got;
}
