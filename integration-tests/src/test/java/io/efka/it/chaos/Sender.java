package io.efka.it.chaos;

import java.util.random.RandomGenerator;

/** Sends one command after the other to one service, until it is told to end; each with a number of its own. */
abstract class Sender {
    private static final int LONGEST_PAUSE_MILLIS = 700;

    private final RandomGenerator random;
    private final Thread thread;
    private volatile boolean ending;

    Sender(String name, RandomGenerator random) {
        this.random = random;
        this.thread = new Thread(this::run, "sender-" + name);
        thread.setDaemon(true);
    }

    /** Sends one, waits for the reply and for what it does. */
    abstract void sendOne(int number);

    /** Judges what can only be judged at the end. */
    abstract void judge();

    final void start() {
        thread.start();
    }

    /** Waits for the last reply. */
    final void end() throws InterruptedException {
        ending = true;
        thread.join();
    }

    final RandomGenerator random() {
        return random;
    }

    private void run() {
        for (int number = 1; !ending; number++) {
            sendOne(number);
            Commander.pause(random.nextInt(LONGEST_PAUSE_MILLIS));
        }
    }
}
