package io.efka.it;

/** A broker that a test owns: it can be stopped and started again on the same port. */
public interface TestBroker extends AutoCloseable {
    void start();

    /** Ends it at once; what it has not written down is lost. */
    void kill();

    /** Starts it again with nothing of what it knew before. */
    void startEmpty();

    /** Holds it still: connections stay open, nothing is answered. */
    void pause();

    void resume();

    int port();

    default String uri() {
        return "tcp://127.0.0.1:" + port();
    }

    /** Whether it tells subscribers who ask for it that a message was sent retained, as MQTT 5 has it. */
    default boolean tellsOfRetain() {
        return true;
    }

    /** Which kind it is, for the run's output. */
    String describe();

    @Override
    void close();
}
