package io.efka.agent.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.efka.agent.install.ServiceFolders;
import io.efka.agent.supervision.FakeStore;
import io.efka.agent.supervision.Supervisors;
import io.efka.protocol.Fault;
import io.efka.protocol.ServiceId;
import io.efka.protocol.ServiceStatus.Desired;
import io.efka.protocol.manifest.ManifestReading;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ServiceDiscoveryTest {
    @TempDir
    Path root;

    private final FakeStore store = new FakeStore();

    @Test
    void aFolderWithoutARecordIsTakenInAndWantedAsItsAutostartSays() throws IOException {
        write("clock", "");
        write("manual", ", \"autostart\": false");

        List<Supervisors.Found> found = census();

        assertThat(found).extracting(f -> f.record().desired()).containsExactly(Desired.RUNNING, Desired.STOPPED);
        assertThat(store.record(new ServiceId("clock")).workDir()).isEqualTo(root.resolve("clock"));
    }

    @Test
    void whatIsRecordedStaysAsItIs() throws IOException {
        write("clock", "");
        census();
        write("clock", ", \"autostart\": false");

        assertThat(census()).singleElement().satisfies(one -> {
            assertThat(one.record().desired()).isEqualTo(Desired.RUNNING);
            assertThat(one.manifest().orElseThrow().autostart()).isFalse();
        });
    }

    @Test
    void aBadManifestIsListedWithItsFaultsAndTheOthersGoOn() throws IOException {
        write("bad", ", \"args\": 7");
        write("good", "");

        List<Supervisors.Found> found = census();

        assertThat(found.get(0).faults()).extracting(f -> f.key()).containsExactly("args");
        assertThat(found.get(1).manifest()).isPresent();
    }

    @Test
    void servicesThatWaitForEachOtherAreSaidToBeWrong() throws IOException {
        write("a", ", \"after\": [\"b\"]");
        write("b", ", \"after\": [\"a\"]");
        write("c", ", \"after\": [\"a\"]");

        List<Supervisors.Found> found = census();

        assertThat(found).extracting(f -> f.manifest().isPresent()).containsExactly(false, false, true);
        assertThat(found.get(0).faults())
                .singleElement()
                .satisfies(fault ->
                        assertThat(fault.toString()).isEqualTo("after: must not make a cycle, was a -> b -> a"));
    }

    @Test
    void aManifestThatCannotBeReadIsToldFromOneThatIsWrong() throws IOException {
        write("away", "");
        write("bad", ", \"args\": 7");
        census();
        Path mount = root.resolve("away/manifest.json");
        Files.delete(mount);

        List<Supervisors.Found> found = census();

        assertThat(found).extracting(f -> f.reading().isUnread()).containsExactly(true, false);
        assertThat(found.get(0).record().desired()).isEqualTo(Desired.RUNNING);
        assertThat(found.get(0).faults())
                .singleElement()
                .satisfies(fault -> assertThat(fault.sentence())
                        .isEqualTo("manifest.json must be a file at " + mount + ", was missing"));
    }

    /** What its {@code autostart} says is unknown: written down now, it would stay stopped for ever. */
    @Test
    void aFolderWithoutARecordIsNotRecordedWhileItsManifestCannotBeRead() throws IOException {
        write("clock", "");
        var folders = new ServiceFolders(root, List.of());
        var broken =
                new ManifestReading.Unusable(List.of(new Fault("manifest.json", "x", "must be readable (EIO)")), true);

        List<Supervisors.Found> found = new ServiceDiscovery(store, folders, (id, folder) -> broken).find();

        assertThat(found)
                .singleElement()
                .satisfies(one -> assertThat(one.faults()).isEqualTo(broken.faults()));
        assertThat(census())
                .singleElement()
                .satisfies(one -> assertThat(one.record().desired()).isEqualTo(Desired.RUNNING));
    }

    private List<Supervisors.Found> census() {
        var folders = new ServiceFolders(root, List.of());
        return new ServiceDiscovery(store, folders, new FolderManifests(folders, Runnable::run)::now).find();
    }

    private void write(String id, String more) throws IOException {
        Path folder = Files.createDirectories(root.resolve(id));
        String manifest = "{\"service_id\": \"%s\", \"exec\": \"run.sh\", \"health_check\": \"process:\"%s}";
        Files.writeString(folder.resolve("manifest.json"), manifest.formatted(id, more));
    }
}
