package io.efka.it.faults;

import static io.efka.it.Device.ok;
import static org.assertj.core.api.Assertions.assertThat;

import io.efka.fixtures.Await;
import io.efka.fixtures.Folders;
import io.efka.it.AgentProcess;
import io.efka.it.Brokers;
import io.efka.it.TestBroker;
import io.efka.it.Watcher;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** An operator moves the data folder, to a larger disk say, while no agent runs. */
final class MovedDataIT {
    private static final String INSTALL =
            "{\"manifest\":{\"service_id\":\"%s\",\"exec\":\"run.sh\",\"health_check\":\"process:\"},"
                    + "\"files\":{\"run.sh\":{\"mode\":\"0755\",\"text\":\"#!/bin/sh\\nexec sleep 600\\n\"}},\"start\":true}";

    private final Path folder = Folders.create("moved");
    private final Path data = folder.resolve("data");
    private final Path data2 = folder.resolve("data2");

    @AfterEach
    void delete() {
        Folders.delete(folder);
    }

    @Test
    void itsServicesRunFromThereAndWhatWasRemovedStaysAway() throws IOException {
        try (TestBroker broker = Brokers.start();
                var watcher = new Watcher(broker, "efka/moved/#")) {
            try (var before = AgentProcess.run(broker, "moved", data)) {
                awaitSession(watcher, 1);
                ok(watcher.ask("efka/moved/svc/kept/cmd/install", INSTALL.formatted("kept")));
                ok(watcher.ask("efka/moved/svc/removed/cmd/install", INSTALL.formatted("removed")));
                assertThat(before.terminate()).isZero();
            }
            Files.move(data, data2);

            try (var after = AgentProcess.run(broker, "moved", data2)) {
                awaitSession(watcher, 2);
                watcher.awaitJson(
                        "efka/moved/svc/kept/status",
                        status -> status.get("session").getAsLong() == 2
                                && status.get("state").getAsString().equals("running"));
                ok(watcher.ask("efka/moved/svc/removed/cmd/remove", ""));
                assertThat(data2.resolve("services/removed")).doesNotExist();
                assertThat(after.terminate()).isZero();
            }
            try (var last = AgentProcess.run(broker, "moved", data2)) {
                awaitSession(watcher, 3);
                assertThat(watcher.ask("efka/moved/cmd/list", "").getAsJsonArray("services"))
                        .singleElement()
                        .satisfies(service -> assertThat(
                                        service.getAsJsonObject().get("service").getAsString())
                                .isEqualTo("kept"));
                assertThat(last.isAlive()).isTrue();
            }
            assertThat(data).doesNotExist();
        }
    }

    private static void awaitSession(Watcher watcher, long session) {
        Await.until(
                "session " + session,
                DisturbedDevice.SOON,
                () -> watcher.last("efka/moved/status")
                        .filter(birth -> birth.get("online").getAsBoolean()
                                && birth.get("session").getAsLong() == session)
                        .isPresent());
    }
}
