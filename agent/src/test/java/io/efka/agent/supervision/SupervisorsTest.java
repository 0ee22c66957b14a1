package io.efka.agent.supervision;

import static io.efka.agent.supervision.World.CAMERA;
import static org.assertj.core.api.Assertions.assertThat;

import io.efka.agent.supervision.Supervisors.Ports;
import io.efka.fixtures.Manifests;
import io.efka.protocol.RunId;
import io.efka.protocol.ServiceId;
import io.efka.protocol.ServiceStatus;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class SupervisorsTest {
    private final Queue<Runnable> mailbox = new ArrayDeque<>();
    private final List<String> heard = new ArrayList<>();
    private Runnable meanwhile = () -> {};

    private final StatusListener listener = new StatusListener() {
        @Override
        public void changed(ServiceStatus status) {
            meanwhile.run();
            heard.add("changed " + status.id());
        }

        @Override
        public void removed(ServiceId id) {
            heard.add("removed " + id);
        }
    };

    private final Supervisors services = new Supervisors(
            new Ports(
                    new FakeLauncher(),
                    (launch, answer) -> {},
                    new FakeStore(),
                    (id, workDir, tell) -> {},
                    new FakeTimers(),
                    listener,
                    (service, run, grace) -> {},
                    () -> new RunId("0".repeat(26)),
                    new Random(1)),
            () -> mailbox::add,
            new World.NoOutput());

    @Test
    void aStatusThatComesAfterTheRemovalIsNotPassedOn() throws Exception {
        services.add(CAMERA, Path.of("/work/camera"), Manifests.manifest("camera"));
        services.remove(CAMERA);
        runMailbox();
        assertThat(heard).containsExactly("removed camera");
    }

    @Test
    void aRemovalThatComesWhileAStatusIsPassedOnHasTheLastWord() throws Exception {
        services.add(CAMERA, Path.of("/work/camera"), Manifests.manifest("camera"));
        meanwhile = () -> {
            meanwhile = () -> {};
            try {
                services.remove(CAMERA);
            } catch (StoreException e) {
                throw new AssertionError(e);
            }
        };
        runMailbox();
        assertThat(heard).last().isEqualTo("removed camera");
    }

    private void runMailbox() {
        for (Runnable task = mailbox.poll(); task != null; task = mailbox.poll()) task.run();
    }
}
