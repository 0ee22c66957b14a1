package io.efka.it.injection;

import io.efka.fixtures.Await;
import io.efka.fixtures.Folders;
import io.efka.it.AgentProcess.World;
import io.efka.it.Device;
import io.efka.it.TestBroker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** A device under load, whose agent is started again when it ends. */
final class LoadedDevice implements AutoCloseable {
    /** The time for a graceful end, what is on top of it for the process's own last steps, and a busy machine. */
    static final Duration TO_END = Duration.ofSeconds(10 + 2 + 8);

    private final Path keys = Folders.create("keys");
    private final Device device;
    private final AgentRestarter restarter;
    private final AgentCheck check;
    private final Load load;

    LoadedDevice(TestBroker broker, Device device, World world, String... flags) {
        this.device = device;
        restarter = new AgentRestarter(() -> device.launchIn(world, flags));
        device.awaitOnline();
        check = new AgentCheck(broker, device, () -> device.agent().log());
        check.prepare();
        load = new Load(broker, device, keys).start();
    }

    Device device() {
        return device;
    }

    AgentRestarter restarter() {
        return restarter;
    }

    /** Exit codes of the agents so far. */
    List<Integer> ends() {
        return restarter.ends();
    }

    String log() {
        return device.agent().log();
    }

    /** Fails unless the agent works, this one or the next. */
    void requireWorking(String after) {
        check.requireWorking(after);
    }

    @Override
    public void close() {
        load.close();
        restarter.close();
        check.close();
        device.agent().terminate();
        // Kept by its own wish.
        device.processes().forEach(ProcessHandle::destroyForcibly);
        Await.until("nothing is left", TO_END, () -> device.processes().isEmpty());
        device.close();
        Folders.delete(keys);
    }
}
