package io.efka.it;

import java.util.List;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A broker and one device with a running agent, shared by all tests of a class and of its nested classes. */
final class SharedDevice implements BeforeAllCallback, AfterAllCallback {
    private final String id;
    private final List<String> flags;
    private int depth;
    private TestBroker broker;
    private Device device;

    SharedDevice(String id, String... flags) {
        this.id = id;
        this.flags = List.of(flags);
    }

    TestBroker broker() {
        return broker;
    }

    Device device() {
        return device;
    }

    /** Called for the class, and again for every nested one. */
    @Override
    public void beforeAll(ExtensionContext context) {
        if (depth++ > 0) return;
        broker = Brokers.start();
        device = new Device(broker, id);
        device.start(flags.toArray(String[]::new));
    }

    @Override
    public void afterAll(ExtensionContext context) {
        if (--depth > 0) return;
        try {
            device.close();
        } finally {
            broker.close();
        }
    }
}
