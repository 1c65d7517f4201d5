/* What a test loads into phase2_train by LD_PRELOAD, to have it fail or die at a given moment of saving.
 *
 *   FAULT_AT=17          at the 17th operation on a file of the run (1 is the first); unset: never
 *   FAULT_HOW=kill       the program is killed in its midst: half of a write() is done, then SIGKILL
 *             killafter  the program is killed when it is done
 *             fail       it alone is refused: write() takes half of it, fsync() and renameat() fail
 *             full       a disk that fills up: write() takes half of it, and no later one takes anything
 *   FAULT_LOG=FILE       a line for each operation is added to this file
 *
 * Operations are write(), fsync() and renameat() on what lies in the folder FAULT_FOLDER. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static int count = 0, is_full = 0;

/* Does the descriptor lead to the run's folder, or to a file in it? */
static int is_ours(int fd) {
  char link[64], path[PATH_MAX + 1];
  const char* folder = getenv("FAULT_FOLDER");
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  const ssize_t size = readlink(link, path, PATH_MAX);
  if (folder == NULL || size < 0) return 0;
  path[size] = '\0';
  return strncmp(path, folder, strlen(folder)) == 0;
}

/* Counts an operation; is it the one? */
static int is_due(const char* operation) {
  const char* at = getenv("FAULT_AT");
  const char* log = getenv("FAULT_LOG");
  ++count;
  if (log != NULL) {
    FILE* file = fopen(log, "a");
    if (file != NULL) {
      fprintf(file, "%d %s\n", count, operation);
      fclose(file);
    }
  }
  return at != NULL && atoi(at) == count;
}

static int how_is(const char* how) {
  const char* asked = getenv("FAULT_HOW");
  return asked != NULL && strcmp(asked, how) == 0;
}

static void die(void) { kill(getpid(), SIGKILL); }

ssize_t write(int fd, const void* bytes, size_t size) {
  ssize_t (*real)(int, const void*, size_t) = dlsym(RTLD_NEXT, "write");
  if (!is_ours(fd)) return real(fd, bytes, size);
  if (is_full) {
    errno = ENOSPC;
    return -1;
  }
  if (!is_due("write")) return real(fd, bytes, size);
  if (how_is("kill")) {
    real(fd, bytes, size / 2);
    die();
  }
  if (how_is("full")) is_full = 1;
  if (how_is("fail") || how_is("full")) return real(fd, bytes, size - size / 2);
  const ssize_t written = real(fd, bytes, size);
  die();
  return written;
}

int fsync(int fd) {
  int (*real)(int) = dlsym(RTLD_NEXT, "fsync");
  if (!is_ours(fd) || !is_due("fsync")) return real(fd);
  if (how_is("kill")) die();
  if (how_is("fail")) {
    errno = EIO;
    return -1;
  }
  const int result = real(fd);
  die();
  return result;
}

int renameat(int from, const char* old_name, int to, const char* new_name) {
  int (*real)(int, const char*, int, const char*) = dlsym(RTLD_NEXT, "renameat");
  if (!is_ours(from) || !is_due("renameat")) return real(from, old_name, to, new_name);
  if (how_is("kill")) die();
  if (how_is("fail")) {
    errno = EIO;
    return -1;
  }
  const int result = real(from, old_name, to, new_name);
  die();
  return result;
}
