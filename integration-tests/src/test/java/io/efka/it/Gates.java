package io.efka.it;

import static io.efka.it.Device.ok;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.efka.fixtures.Folders;
import java.nio.file.Path;
import java.util.List;

/** A small fleet and its operator: the devices gate7 and gate8 of the group berlin, and a command line with a home of its own. */
final class Gates implements AutoCloseable {
    private static final String[] FLAGS = {"--groups", "berlin"};

    private final CloseStack opened = new CloseStack();
    private final TestBroker broker;
    private final Path home;
    private final FleetCli cli;
    private final Device gate7;
    private final Device gate8;

    private Gates(TestBroker broker) {
        this.broker = opened.add(broker);
        try {
            home = Folders.create("operator");
            Path folder = home;
            opened.add(() -> Folders.delete(folder));
            cli = new FleetCli(home, "--broker", broker.uri());
            gate7 = opened.add(new Device(broker, "gate7"));
            gate8 = opened.add(new Device(broker, "gate8"));
            devices().forEach(device -> device.launch(FLAGS));
            devices().forEach(Device::awaitOnline);
        } catch (RuntimeException | AssertionError e) {
            throw opened.failed(e);
        }
    }

    /** @param broker is closed with the fleet, also if that cannot be started */
    static Gates start(TestBroker broker) {
        return new Gates(broker);
    }

    TestBroker broker() {
        return broker;
    }

    Path home() {
        return home;
    }

    FleetCli cli() {
        return cli;
    }

    Device gate7() {
        return gate7;
    }

    Device gate8() {
        return gate8;
    }

    private List<Device> devices() {
        return List.of(gate7, gate8);
    }

    /** Starts the agent of a device again. */
    static void restart(Device device) {
        device.start(FLAGS);
    }

    /** Whatever a test has done to services: each device has "cam", which runs, and nothing else. */
    void leaveOnlyCam() {
        for (Device device : devices()) {
            boolean hasCam = false;
            for (JsonElement each : ok(device.ask("list", "")).getAsJsonArray("services")) {
                JsonObject status = each.getAsJsonObject();
                String service = status.get("service").getAsString();
                if (service.equals("cam")) hasCam = true;
                else ok(device.ask(service, "remove", ""));
            }
            if (hasCam) ok(device.ask("cam", "switch", "{\"on\":true}"));
            else device.run(Bundle.sleeper("cam"));
        }
    }

    @Override
    public void close() {
        opened.close();
    }
}
