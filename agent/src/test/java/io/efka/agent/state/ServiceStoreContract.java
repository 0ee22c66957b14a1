package io.efka.agent.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.efka.agent.supervision.ServiceRecord;
import io.efka.agent.supervision.ServiceRecord.History;
import io.efka.agent.supervision.ServiceRecord.ProcessIdentity;
import io.efka.agent.supervision.ServiceRecord.RunRecord;
import io.efka.agent.supervision.ServiceStore;
import io.efka.protocol.Exit;
import io.efka.protocol.RunId;
import io.efka.protocol.ServiceId;
import io.efka.protocol.ServiceStatus.Desired;
import io.efka.protocol.ServiceStatus.LastExit;
import io.efka.protocol.Signal;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** What every service store does. A subclass hands in the store; it is empty. */
abstract class ServiceStoreContract {
    static final RunId RUN_1 = new RunId("01JDA0000000000000000000R1");
    static final RunId RUN_2 = new RunId("01JDA0000000000000000000R2");
    static final Instant NOON = Instant.parse("2026-11-22T12:00:00.123456789Z");

    abstract ServiceStore store();

    static ServiceRecord stopped(String id) {
        return ServiceRecord.fresh(new ServiceId(id), Path.of("/srv", id), Desired.STOPPED, false);
    }

    static ServiceRecord launching(String id) {
        var run = new RunRecord(RUN_2, NOON, Optional.empty(), false, true, Optional.empty());
        var exit = new Exit(OptionalInt.of(3), Optional.empty(), false, NOON, "last line\n\"quoted\" \u4e2d");
        return new ServiceRecord(
                new ServiceId(id),
                Path.of("/srv", id),
                Desired.RUNNING,
                true,
                Optional.of(run),
                new History(List.of(NOON, NOON.plusSeconds(1)), 2, 5),
                Optional.of(new LastExit(RUN_1, exit)));
    }

    static ServiceRecord running(String id) {
        var process = new ProcessIdentity(4711, 123_456_789_012L, "6e0c6bd4-8f7e-4b43-a2f6-8a1a1f2b3c4d");
        var exit = new Exit(OptionalInt.empty(), Optional.of(Signal.KILL), true, NOON, "");
        return new ServiceRecord(
                new ServiceId(id),
                Path.of("/srv", id),
                Desired.RUNNING,
                true,
                Optional.of(new RunRecord(RUN_2, NOON, Optional.of(process), true, false, Optional.of("a1-b2-3"))),
                History.CLEAN,
                Optional.of(new LastExit(RUN_1, exit)));
    }

    @Test
    void isEmptyAtFirst() {
        assertThat(store().load()).isEmpty();
    }

    @Test
    void givesBackWhatWasSaved() throws Exception {
        store().save(stopped("a"));
        store().save(launching("b"));
        store().saveFact(running("c"));
        assertThat(store().load()).containsExactlyInAnyOrder(stopped("a"), launching("b"), running("c"));
    }

    @Test
    void replacesTheRecordOfTheSameService() throws Exception {
        store().save(launching("a"));
        store().save(running("a"));
        assertThat(store().load()).containsExactly(running("a"));
    }

    @Test
    void forgetsWhatIsDeleted() throws Exception {
        store().save(stopped("a"));
        store().save(stopped("b"));
        store().delete(new ServiceId("a"));
        store().delete(new ServiceId("unknown"));
        assertThat(store().load()).containsExactly(stopped("b"));
    }
}
