package io.efka.agent.command;

import io.efka.agent.install.InstallRequest;
import io.efka.agent.service.Event;
import io.efka.agent.service.Outcome;
import io.efka.agent.service.ServiceId;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** {@code install} and {@code remove}. */
final class InstallCommands {
    private final Installation installation;
    private final Services services;

    InstallCommands(Installation installation, Services services) {
        this.installation = installation;
        this.services = services;
    }

    CompletableFuture<Answer> install(Command command) throws Refusal {
        ServiceId id = command.requiredService();
        boolean starts = command.arguments().flag("start", false);
        InstallRequest request = InstallDecoder.decode(command.arguments());
        boolean isDone =
                command.before().filter(before -> !before.wasInstalled()).isPresent() && installation.isInstalled(id);
        List<String> warnings = isDone ? List.of() : installation.install(id, request);
        if (!starts) {
            return CompletableFuture.completedFuture(
                    installed(Answer.of(services.status(id))).warning(warnings));
        }
        return services.ask(id, Services.Asking.andWait(command), Event.StartAsked::new)
                .thenApply(outcome -> installed(started(command, outcome)).warning(warnings));
    }

    CompletableFuture<Answer> remove(Command command) throws Refusal {
        ServiceId id = command.requiredService();
        boolean isDone = command.before().filter(Before::wasInstalled).isPresent() && !installation.isInstalled(id);
        if (isDone) return CompletableFuture.completedFuture(Answer.done());
        return installation.remove(id, command.id());
    }

    /** A repeated install may find running what it started before the crash. */
    private static Answer started(Command command, Outcome outcome) {
        if (command.isRepeated()
                && outcome instanceof Outcome.Rejected rejected
                && rejected.reason() == Outcome.Reason.ALREADY_RUNNING) {
            return Answer.of(rejected.status());
        }
        return Answer.of(outcome);
    }

    /** Said also where the start failed: the service is there, and stays. */
    private static Answer installed(Answer answer) {
        return answer.with(answer.fields().and("installed", true));
    }
}
