package io.efka.agent.desired;

import com.google.gson.JsonObject;
import io.efka.agent.command.CommandResult;
import io.efka.protocol.Cause;
import io.efka.protocol.CommandException;
import io.efka.protocol.ErrorCode;
import io.efka.protocol.ServiceId;
import io.efka.protocol.ServiceStatus;
import io.efka.protocol.ServiceStatus.Desired;
import io.efka.protocol.ServiceStatus.State;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/**
 * Services that do at once what commands say, or when the test lets them. A release whose name begins with {@code bad} fails, as on
 * a real device: the one before stays. Survives the agent's lives. Not thread-safe.
 */
final class FakeDevice implements ServiceActions, ServiceFacts {
    private final Map<ServiceId, Service> services = new TreeMap<>();

    /** Commands in the order in which they were begun: {@code deploy cam 1}. */
    final List<String> commands = new ArrayList<>();

    /** Commands that fail once, by name and service, and then with what. */
    final Map<String, ErrorCode> failing = new TreeMap<>();

    final Set<ServiceId> uncheckable = new HashSet<>();

    /** What happens while an entry is looked at. */
    Runnable whenChecked = () -> {};

    private final List<Runnable> held = new ArrayList<>();
    private boolean isHolding;

    /** Whether the agent was killed: what it does from now on it did not do. */
    boolean isDead;

    private static final class Service {
        private Desired desired = Desired.STOPPED;
        private State state = State.STOPPED;
        private Optional<String> release = Optional.empty();
        private Optional<DeployFacts> deploy = Optional.empty();
        private String config = "{}";
    }

    /** A service that somebody installed by hand. */
    FakeDevice with(ServiceId id) {
        services.put(id, new Service());
        return this;
    }

    void hold() {
        isHolding = true;
    }

    /** Commands that were not carried out die with their agent. */
    void forgetHeld() {
        held.clear();
    }

    /** Lets go what is held, and all that comes from now on. */
    void letGo() {
        isHolding = false;
        while (!held.isEmpty()) held.remove(0).run();
    }

    /** Lets one of those that are held go; false if none is. */
    boolean letOneGo(int which) {
        if (held.isEmpty()) return false;
        held.remove(which % held.size()).run();
        return true;
    }

    void stop(ServiceId id) {
        set(service(id), Desired.STOPPED);
    }

    /** It runs no more, and nobody starts it again. */
    void giveUp(ServiceId id) {
        service(id).state = State.FAILED;
    }

    void start(ServiceId id) {
        set(service(id), Desired.RUNNING);
    }

    /** A deploy that is as it is, whoever began it. */
    void deploying(ServiceId id, DeployFacts deploy) {
        service(id).release = service(id).release.or(() -> Optional.of("1"));
        service(id).deploy = Optional.of(deploy);
    }

    Set<ServiceId> installed() {
        return Set.copyOf(services.keySet());
    }

    Optional<String> release(ServiceId id) {
        return Optional.ofNullable(services.get(id)).flatMap(service -> service.release);
    }

    boolean runs(ServiceId id) {
        return Optional.ofNullable(services.get(id))
                .filter(service -> service.state == State.RUNNING)
                .isPresent();
    }

    private Service service(ServiceId id) {
        return Optional.ofNullable(services.get(id)).orElseThrow();
    }

    private static void set(Service service, Desired desired) {
        service.desired = desired;
        service.state = desired == Desired.RUNNING ? State.RUNNING : State.STOPPED;
    }

    @Override
    public CompletableFuture<CommandResult> run(
            Optional<ServiceId> service, String command, JsonObject arguments, String id, boolean waits) {
        ServiceId target = service.orElseThrow();
        var result = new CompletableFuture<CommandResult>();
        if (isDead) return result;
        String what = arguments.has("release")
                ? " " + arguments.get("release").getAsString()
                : arguments.has("to")
                        ? " " + arguments.get("to").getAsString()
                        : arguments.has("command")
                                ? " " + arguments.get("command").getAsString()
                                : "";
        commands.add(command + " " + target + what);
        Runnable work = () -> {
            Optional<ErrorCode> fails = Optional.ofNullable(failing.remove(command + " " + target));
            result.complete(fails.map(code -> CommandResult.failed(code, "as the test says"))
                    .orElseGet(() -> perform(target, command, arguments, id)));
        };
        if (isHolding && !command.equals("cancel")) held.add(work);
        else work.run();
        return result;
    }

    private CommandResult perform(ServiceId id, String command, JsonObject arguments, String commandId) {
        if (command.equals("deploy")) return deploy(id, arguments, commandId);
        if (!services.containsKey(id)) return CommandResult.failed(ErrorCode.UNKNOWN_SERVICE, "no " + id);
        Service service = service(id);
        switch (command) {
            case "remove" -> services.remove(id);
            case "switch" -> set(service, arguments.get("on").getAsBoolean() ? Desired.RUNNING : Desired.STOPPED);
            case "config" -> service.config = arguments.getAsJsonObject("set").toString();
            case "rollback" -> service.release = Optional.of(arguments.get("to").getAsString());
            case "cancel" -> {}
            default -> throw new AssertionError("unexpected command " + command);
        }
        return CommandResult.done();
    }

    private CommandResult deploy(ServiceId id, JsonObject arguments, String commandId) {
        String release = arguments.get("release").getAsString();
        boolean isNew = !services.containsKey(id);
        Service service = services.computeIfAbsent(id, unknown -> new Service());
        boolean isBad = release.startsWith("bad");
        boolean isKept = arguments.has("on_failure")
                && arguments.get("on_failure").getAsString().equals("keep");
        if (!isBad || isKept || isNew) service.release = Optional.of(release);
        if (isNew && !isBad && arguments.get("start").getAsBoolean()) set(service, Desired.RUNNING);
        Optional<String> code = isBad ? Optional.of("unhealthy") : Optional.empty();
        service.deploy = Optional.of(new DeployFacts(
                Optional.of(commandId),
                isBad ? "rolled_back" : "committed",
                true,
                code,
                code.map(any -> "release " + release + " crashed")));
        return isBad
                ? CommandResult.failed(ErrorCode.UNHEALTHY, "release " + release + " crashed")
                : CommandResult.done();
    }

    @Override
    public void check(ServiceId service, JsonObject arguments) throws CommandException {
        whenChecked.run();
        if (uncheckable.contains(service)) throw new CommandException(ErrorCode.INVALID_MANIFEST, "exec is missing");
    }

    @Override
    public Optional<ServiceStatus> status(ServiceId id) {
        return Optional.ofNullable(services.get(id))
                .map(service -> new ServiceStatus(
                        id,
                        service.desired,
                        service.state,
                        service.state == State.RUNNING,
                        ServiceStatus.HealthState.UNKNOWN,
                        OptionalLong.empty(),
                        Optional.empty(),
                        Instant.EPOCH,
                        0,
                        Optional.empty(),
                        Cause.of(Cause.Kind.COMMAND),
                        Optional.empty(),
                        false,
                        true,
                        List.of(),
                        List.of(),
                        List.of(),
                        Optional.empty()));
    }

    @Override
    public boolean isOneshot(ServiceId service) {
        return false;
    }

    @Override
    public Optional<ReleaseFacts> releases(ServiceId id) {
        return Optional.ofNullable(services.get(id))
                .filter(service -> service.release.isPresent())
                .map(service -> new ReleaseFacts(service.release, Optional.empty(), service.deploy));
    }

    @Override
    public String config(ServiceId id) {
        return Optional.ofNullable(services.get(id))
                .map(service -> service.config)
                .orElse("{}");
    }

    @Override
    public CompletableFuture<String> manifest(ServiceId service) {
        return CompletableFuture.completedFuture("{}");
    }
}
