package io.efka.agent;

import java.util.concurrent.CountDownLatch;

/** Stands where the composition root will be; starts nothing. */
public final class Agent implements Lifecycle {
    private final CountDownLatch ended = new CountDownLatch(1);

    public Agent(Settings settings) {}

    @Override
    public void start() {}

    @Override
    public void awaitEnd() throws InterruptedException {
        ended.await();
    }

    @Override
    public void close() {
        ended.countDown();
    }
}
