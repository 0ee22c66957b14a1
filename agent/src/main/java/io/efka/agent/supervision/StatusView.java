package io.efka.agent.supervision;

import io.efka.protocol.ServiceId;
import io.efka.protocol.ServiceStatus;
import java.time.Instant;
import java.util.List;

/** What a user sees of a service at one moment. Pure. */
final class StatusView {
    private StatusView() {}

    static ServiceStatus service(Service service, Instant now) {
        ServiceRecord record = service.record();
        ServiceState state = service.state();
        List<ServiceId> waitingFor =
                state instanceof Waiting ? service.missing().stream().sorted().toList() : List.of();
        return new ServiceStatus(
                service.id(),
                record.desired(),
                state.visible(),
                state.isReady(),
                state.health(),
                state.pid(),
                state.currentRun(),
                service.since(),
                record.history().restarts(),
                state.nextAttempt(),
                service.cause(),
                record.lastExit(),
                record.history()
                        .isCrashLoop(now, service.effectiveManifest().restart().window()),
                record.autostart(),
                waitingFor,
                service.warnings(),
                service.faults());
    }
}
