/* Sends requests that were made beforehand over kept-open connections, as fast as they are answered.

   It does what generator.py does, with a sixth of its processor time: it shares the machine with what it measures.

   generator REQUESTS ANSWERS PORT CONNECTIONS FIRST SECONDS WANTED
   REQUESTS holds each request after its length (four bytes, the lowest first). ANSWERS gets a line for each answer:
   the request's number, the status or "cut", and the 36 bytes of the answer that begin with WANTED, if it has them.
   What it prints is one JSON object. */

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define ROOM 262144
#define TOLD 36

struct connection {
    long number; /* of the request under way */
    double sent;
    size_t received;
    char data[ROOM];
};

static unsigned char *file;
static size_t *starts, next_request, requests;
static double ends, begun, last, *times;
static size_t answered;
static const char *wanted;
static FILE *answers;

static void give_up(const char *why) {
    perror(why);
    exit(1);
}

static double now(void) {
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return at.tv_sec + at.tv_nsec / 1e9;
}

static size_t length_at(size_t place) {
    return file[place] | file[place + 1] << 8 | file[place + 2] << 16 | (size_t)file[place + 3] << 24;
}

static void read_requests(const char *path) {
    FILE *stream = fopen(path, "rb");
    if (!stream) give_up(path);
    fseek(stream, 0, SEEK_END);
    size_t size = ftell(stream), place = 0, room = 1024;
    rewind(stream);
    file = malloc(size + 4);
    starts = malloc(room * sizeof *starts);
    if (fread(file, 1, size, stream) != size) give_up(path);
    fclose(stream);
    for (; place < size; place += 4 + length_at(place)) {
        if (requests == room) starts = realloc(starts, (room *= 2) * sizeof *starts);
        starts[requests++] = place;
    }
    times = malloc(requests * sizeof *times);
}

static int open_connection(int port) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    int one = 1, stream = socket(AF_INET, SOCK_STREAM, 0);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(stream, (struct sockaddr *)&address, sizeof address)) give_up("connect");
    setsockopt(stream, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    return stream;
}

/* Whether there was one more to send. */
static int send_next(struct connection *one, int stream) {
    one->sent = now();
    one->received = 0;
    one->number = -1;
    if (one->sent >= ends || next_request >= requests) return 0;
    size_t place = starts[next_request], length = length_at(place);
    one->number = next_request++;
    if (send(stream, file + place + 4, length, MSG_NOSIGNAL) != (ssize_t)length) give_up("send");
    return 1;
}

/* Where the body begins once the answer has come whole, else NULL. */
static char *whole(struct connection *one) {
    one->data[one->received] = 0;
    char *head = memmem(one->data, one->received, "\r\n\r\n", 4);
    if (!head) return NULL;
    char *body = head + 4, *told = strcasestr(one->data, "\r\ncontent-length:");
    if (told && told < head)
        return one->received == (size_t)(body - one->data) + strtoul(told + 17, NULL, 10) ? body : NULL;
    return memcmp(one->data + one->received - 7, "\r\n0\r\n\r\n", 7) ? NULL : body; /* sent in chunks */
}

static void note(struct connection *one, char *body) {
    size_t left = one->received - (body - one->data);
    char *told = *wanted ? memmem(body, left, wanted, strlen(wanted)) : NULL;
    last = now();
    times[answered++] = last - one->sent;
    fprintf(answers, "%ld %.3s %.*s\n", one->number, one->data + 9, told ? TOLD : 0, told ? told : "");
}

/* Whether the connection still has something to do. */
static int listen_to(struct connection *one, int stream) {
    ssize_t came = recv(stream, one->data + one->received, ROOM - 1 - one->received, 0);
    if (came <= 0) {
        fprintf(answers, "%ld cut \n", one->number);
        return 0;
    }
    one->received += came;
    char *body = whole(one);
    if (!body) return 1;
    note(one, body);
    return send_next(one, stream);
}

static int by_size(const void *one, const void *other) {
    double difference = *(const double *)one - *(const double *)other;
    return (difference > 0) - (difference < 0);
}

static void report(void) {
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    double processor = used.ru_utime.tv_sec + used.ru_stime.tv_sec + (used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
    qsort(times, answered, sizeof *times, by_size);
    printf("{\"next\": %zu, \"seconds\": %f, \"median_ms\": %f, \"p99_ms\": %f, \"cpu\": %f}\n", next_request, last - begun,
           answered ? times[answered / 2] * 1000 : 0, answered ? times[answered * 99 / 100] * 1000 : 0, processor);
}

int main(int count, char **given) {
    if (count != 8) return 2;
    read_requests(given[1]);
    if (!(answers = fopen(given[2], "wb"))) give_up(given[2]);
    int connections = atoi(given[4]), open = 0;
    next_request = strtoul(given[5], NULL, 10);
    wanted = given[7];
    struct connection *all = malloc(connections * sizeof *all);
    struct pollfd *streams = malloc(connections * sizeof *streams);
    for (int place = 0; place < connections; place++)
        streams[place] = (struct pollfd){.fd = open_connection(atoi(given[3])), .events = POLLIN};
    begun = now();
    ends = begun + atof(given[6]);
    for (int place = 0; place < connections; place++) {
        if (send_next(&all[place], streams[place].fd)) open++;
        else streams[place].fd = -1;
    }
    while (open) {
        if (poll(streams, connections, -1) < 0) give_up("poll");
        for (int place = 0; place < connections; place++) {
            if (!streams[place].revents || listen_to(&all[place], streams[place].fd)) continue;
            close(streams[place].fd);
            streams[place].fd = -1;
            open--;
        }
    }
    fclose(answers);
    report();
    return 0;
}
