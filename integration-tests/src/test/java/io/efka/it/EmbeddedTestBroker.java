package io.efka.it;

import io.efka.demo.EmbeddedBroker;
import io.efka.demo.EmbeddedBroker.BrokerException;
import java.util.Optional;

/** The demo's broker in this JVM, for machines that have no other. It cannot be held still: a pause is an outage. */
final class EmbeddedTestBroker implements TestBroker {
    private final int port = Brokers.freePort();
    private Optional<EmbeddedBroker> broker = Optional.empty();

    @Override
    public void start() {
        try {
            broker = Optional.of(EmbeddedBroker.start(port, 0));
        } catch (BrokerException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void kill() {
        broker.ifPresent(EmbeddedBroker::close);
        broker = Optional.empty();
    }

    @Override
    public void startEmpty() {
        start();
    }

    @Override
    public void pause() {
        kill();
    }

    @Override
    public void resume() {
        start();
    }

    @Override
    public int port() {
        return port;
    }

    /** Artemis 2.55 ignores the subscription's retain-as-published. */
    @Override
    public boolean tellsOfRetain() {
        return false;
    }

    @Override
    public String describe() {
        return "embedded Artemis, port " + port;
    }

    @Override
    public void close() {
        kill();
    }
}
