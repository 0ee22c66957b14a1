package io.efka.agent.supervision;

import io.efka.agent.supervision.ServiceRecord.ProcessIdentity;
import io.efka.agent.supervision.ServiceRecord.RunRecord;
import io.efka.protocol.RunId;
import io.efka.protocol.ServiceId;
import io.efka.protocol.Signal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;

/** Runs nothing, but remembers what was asked; the test says what became of it. Not thread-safe. */
public final class FakeLauncher implements Launcher {
    /** Every call that a process would have felt, in order. */
    public final List<String> calls = new ArrayList<>();

    /** Runs whose launch was announced. */
    public final List<RunId> prepared = new ArrayList<>();

    /** Services that are no more. */
    public final List<ServiceId> forgotten = new ArrayList<>();

    private final Map<RunId, Consumer<Event>> listeners = new LinkedHashMap<>();
    private final List<RunId> launched = new ArrayList<>();
    private Optional<String> inputProblem = Optional.empty();
    private Optional<String> breaksAt = Optional.empty();
    private long nextPid = 100;

    @Override
    public void prepare(Launch launch) {
        prepared.add(launch.run());
    }

    @Override
    public void launch(Launch launch, Consumer<Event> tell) {
        called("launch " + launch.manifest().id());
        launched.add(launch.run());
        listeners.put(launch.run(), tell);
    }

    @Override
    public void adopt(Launch launch, RunRecord record, Consumer<Event> tell) {
        called("adopt " + launch.manifest().id());
        launched.add(launch.run());
        listeners.put(launch.run(), tell);
    }

    @Override
    public void signalTree(RunId run, Signal signal) {
        called("signalTree " + signal);
    }

    @Override
    public void signal(RunId run, Signal signal) {
        called("signal " + signal);
    }

    @Override
    public void killTree(RunId run) {
        called("killTree");
    }

    @Override
    public void runStopCommand(RunId run, String exec, List<String> args) {
        called("stopCommand " + exec + " " + args);
    }

    @Override
    public void input(RunId run, byte[] bytes, Consumer<Optional<String>> done) {
        called("input " + new String(bytes, java.nio.charset.StandardCharsets.UTF_8));
        done.accept(inputProblem);
    }

    @Override
    public void forget(ServiceId id) {
        forgotten.add(id);
    }

    private void called(String call) {
        calls.add(call);
        if (breaksAt.filter(call::startsWith).isPresent()) throw new IllegalStateException("a launcher with a bug");
    }

    /** Calls that begin so throw from now on. */
    public void breaksAt(String call) {
        breaksAt = Optional.of(call);
    }

    /** Input fails from now on. */
    public void inputFails(String why) {
        inputProblem = Optional.of(why);
    }

    /** The newest run. */
    public RunId run() {
        return launched.get(launched.size() - 1);
    }

    public int launches() {
        return launched.size();
    }

    /** Tells of the newest run that its program is executing. */
    public ProcessIdentity launched() {
        ProcessIdentity process = process();
        tell(new Event.Launched(run(), process, List.of()));
        return process;
    }

    /** A process that nobody has been told of. */
    public ProcessIdentity process() {
        return new ProcessIdentity(nextPid++, 1000, "boot-1");
    }

    /** Tells the supervisor of the newest run. */
    public void tell(Event event) {
        tell(run(), event);
    }

    public void tell(RunId run, Event event) {
        Objects.requireNonNull(listeners.get(run), () -> "never launched: " + run)
                .accept(event);
    }
}
