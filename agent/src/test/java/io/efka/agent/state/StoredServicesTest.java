package io.efka.agent.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.efka.agent.state.StateStore.StoreLimits;
import io.efka.agent.supervision.ServiceRecord;
import io.efka.agent.supervision.ServiceStore;
import io.efka.agent.supervision.StoreException;
import io.efka.protocol.ServiceId;
import io.efka.protocol.ServiceStatus.Desired;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StoredServicesTest extends ServiceStoreContract {
    private static final ServiceCodec CODEC = new ServiceCodec(Path.of("/data"));

    @TempDir
    private Path data;

    private final RecordingDisk disk = new RecordingDisk();
    private StateStore state;

    @BeforeEach
    void open() throws Exception {
        state = StateStore.open(data, disk, new StoreLimits(4 << 20, Duration.ofHours(1), 3, 0));
    }

    @AfterEach
    void close() {
        state.close();
    }

    @Override
    ServiceStore store() {
        return new StoredServices(state, data);
    }

    @Test
    void keepsTheEarlierRecordWhenASaveFails() throws Exception {
        store().save(stopped("a"));
        disk.fillUpTo(10);
        assertThatThrownBy(() -> store().save(running("a"))).isInstanceOf(StoreException.class);
        assertThatThrownBy(() -> store().delete(new ServiceId("a"))).isInstanceOf(StoreException.class);
        assertThat(store().load()).containsExactly(stopped("a"));
    }

    @Test
    void hasEverythingAfterARestart() throws Exception {
        store().save(launching("a"));
        store().save(running("b"));
        close();
        open();
        assertThat(store().load()).containsExactly(launching("a"), running("b"));
    }

    @Test
    void findsTheFoldersOfItsOwnServicesWhereTheDataFolderIsNow() throws Exception {
        ServiceRecord own = in("own", data.resolve("services/own"));
        ServiceRecord registered = in("registered", Path.of("/srv/registered"));
        store().save(own);
        store().save(registered);

        Path moved = Path.of("/mnt/elsewhere");
        assertThat(new StoredServices(state, moved).load())
                .containsExactly(in("own", moved.resolve("services/own")), registered);
    }

    @Test
    void understandsTheAbsolutePathsOfAnEarlierVersionBeforeAndAfterAMove() throws Exception {
        Path before = data.resolve("before");
        Path now = data.resolve("now");
        new StoredServices(state, data.resolve("not the data folder")).save(in("own", before.resolve("services/own")));
        new StoredServices(state, data.resolve("not the data folder"))
                .save(in("registered", data.resolve("srv/services/registered")));
        Files.createDirectories(data.resolve("srv/services/registered"));

        Files.createDirectories(before.resolve("services/own"));
        assertThat(new StoredServices(state, before).load())
                .contains(
                        in("own", before.resolve("services/own")),
                        in("registered", data.resolve("srv/services/registered")));

        Files.move(before, now);
        assertThat(new StoredServices(state, now).load())
                .contains(
                        in("own", now.resolve("services/own")),
                        in("registered", data.resolve("srv/services/registered")));
    }

    private static ServiceRecord in(String id, Path workDir) {
        return ServiceRecord.fresh(new ServiceId(id), workDir, Desired.RUNNING, true);
    }

    @Test
    void losesOneDamagedRecordOnlyAndLeavesItWhereItIs() throws Exception {
        store().save(stopped("a"));
        for (String damaged : List.of("{", "[]", "null", "{\"v\":2}", "{\"v\":1}", "{\"v\":1,\"service\":7}")) {
            state.commit(List.of(Change.put("services", "damaged", damaged)));
            assertThat(store().load()).as(damaged).containsExactly(stopped("a"));
            assertThat(state.documents("services")).containsEntry("damaged", damaged);
        }
        store().save(running("damaged"));
        assertThat(store().load()).containsExactly(stopped("a"), running("damaged"));
    }

    @Test
    void saysWhatIsWrongWithADocument() {
        String good = CODEC.encode(running("a"));
        assertRefused(good.replace("\"v\":1", "\"v\":2"), "its version is 2, this agent knows 1");
        assertRefused(good.replace("\"pid\":4711", "\"pid\":\"x\""), "pid must be a number");
        assertRefused(good.replace("\"desired\"", "\"desire\""), "desired must be a string, was missing");
        assertRefused(good.replace("\"a\"", "\"../a\""), "bad service id");
        assertRefused("nonsense", "it must be a JSON object");
    }

    private static void assertRefused(String document, String why) {
        assertThatThrownBy(() -> CODEC.decode(document))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(why);
    }

    @Test
    void ignoresFieldsItDoesNotKnow() {
        String newer = CODEC.encode(running("a")).replaceFirst("\\{", "{\"colour\":{\"of\":[\"the\",\"day\"]},");
        assertThat(CODEC.decode(newer)).isEqualTo(running("a"));
    }
}
