"""Readers that ask beside something else that the service does. For measurements."""

import contextlib
import statistics
import threading
import time

READERS, PAUSE = 16, 0.1


def reading(service, until):
    """Seconds of each answer to readers that ask until an event, and how many were refused."""
    took, failed = [], []

    def reader():
        with contextlib.closing(service.connection(60)) as connection:
            while not until.is_set():
                began = time.monotonic()
                connection.request("GET", "/api/v1/tasks?limit=50", headers=service.head())
                answer = connection.getresponse()
                answer.read()
                (took if answer.status == 200 else failed).append(time.monotonic() - began)
                until.wait(PAUSE)

    threads = [threading.Thread(target=reader) for _ in range(READERS)]
    for thread in threads:
        thread.start()
    return threads, took, failed


def read_beside(service, work):
    until = threading.Event()
    threads, took, failed = reading(service, until)
    done = work()
    until.set()
    for thread in threads:
        thread.join()
    return took, failed, done


def median(took):
    """The median of some seconds, in milliseconds."""
    return statistics.median(took) * 1000
