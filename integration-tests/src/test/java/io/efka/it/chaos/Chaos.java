package io.efka.it.chaos;

import io.efka.fixtures.Folders;
import io.efka.it.Shell;
import io.efka.it.proxy.BrokerProxy;
import io.efka.it.proxy.Quirk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Random;

/**
 * One run: sets everything up, deals one fault after the other for as long as it may, sees that everybody is back, and has
 * the observer judge. What is done, and in which order, follows from the seed; when exactly it hits does not.
 */
final class Chaos implements AutoCloseable {
    private static final Duration READY = Duration.ofSeconds(90);
    private static final Duration JUDGED = Duration.ofMinutes(8);
    private static final String FULL = "full";

    private final Random random;
    private final Report report = new Report();
    private final Path folder = Folders.create("chaos");
    private final String device;
    private final ChaosLog log;
    private final SmallDisk disk;
    private final ChaosBroker broker;
    private final BrokerProxy proxy;
    private final RestartedAgent agent;
    private final ObserverProcess observer;
    private final ServiceProcesses processes;
    private final Deque<ChaosFault> deck = new ArrayDeque<>();
    private final Thread emergency = new Thread(this::clean, "chaos-end");
    private boolean diskWasFull;

    /** @param results what a failing run leaves behind for whoever looks into it: the logs, and nothing else */
    Chaos(long seed, Path results) throws IOException {
        this.random = new Random(seed);
        this.device = "chaos-" + ProcessHandle.current().pid();
        Files.createDirectories(results);
        this.log = new ChaosLog(results.resolve("chaos.log"));
        for (ChaosService service : ChaosService.values()) Files.createDirectories(service.witness(witnesses()));
        this.disk = SmallDisk.at(Files.createDirectory(folder.resolve("disk")));
        this.broker = new ChaosBroker(Files.createDirectory(folder.resolve("broker")));
        Files.deleteIfExists(results.resolve("agent.log"));
        this.proxy = new BrokerProxy(broker.port());
        this.agent = new RestartedAgent(proxy.uri(), device, disk.folder(), results.resolve("agent.log"));
        this.processes = new ServiceProcesses(Path.of("/proc"), device);
        Runtime.getRuntime().addShutdownHook(emergency);
        agent.start();
        this.observer = new ObserverProcess(broker.uri(), device, witnesses(), seed, report, log);
    }

    private Path witnesses() {
        return folder.resolve("witnesses");
    }

    Report run(Duration time) throws InterruptedException {
        observer.awaitReady(READY);
        long end = System.nanoTime() + time.toNanos();
        while (System.nanoTime() < end) {
            rest(calm());
            if (deck.isEmpty()) deck.addAll(ChaosFault.deck(random));
            inject(deck.removeFirst());
        }
        log.say("no more faults");
        proxy.reset();
        observer.finish(JUDGED);
        log.say("agent ended with " + agent.terminate());
        for (ServiceProcesses.Seen left : processes.find()) {
            log.say("VERDICT left over: " + left);
            report.passed(Verdict.LEFTOVERS, 1);
        }
        leftBehind(LeftBehind.files(disk.folder()));
        leftBehind(LeftBehind.groups(device));
        leftBehind(LeftBehind.retained(broker.uri(), device));
        return report;
    }

    private void leftBehind(List<String> things) {
        for (String thing : things) log.say("VERDICT left behind after remove: " + thing);
        report.passed(Verdict.LEFT_BEHIND, things.size());
    }

    /** Mostly the next fault hits before everybody has recovered; a fifth of the time they get to it. */
    private int calm() {
        return random.nextInt(5) == 0 ? 6_000 + random.nextInt(3_000) : 200 + random.nextInt(3_000);
    }

    private void inject(ChaosFault fault) {
        if (fault == ChaosFault.FULL_DISK && !disk.canBeFilled()) return;
        log.say(fault.words());
        report.injected(fault.words());
        switch (fault) {
            case AGENT_KILL -> killAgent();
            case BROKER_RESTART -> {
                observer.tell("broker down");
                broker.stop();
                restWithoutBroker();
            }
            case BROKER_KILL -> {
                observer.tell("broker killed");
                broker.kill();
                restWithoutBroker();
            }
            case BROKER_WIPED -> {
                observer.tell("broker wiped");
                broker.kill();
                broker.forget();
                restWithoutBroker();
            }
            case BROKER_PAUSE -> {
                observer.tell("broker down");
                broker.pause();
                rest(500 + random.nextInt(3_500));
                broker.resume();
                observer.tell("broker up");
            }
            case SERVICE_CRASH -> crash();
            case FLOOD -> flood();
            case UPGRADE -> {
                observer.tell("agent down");
                log.say("ended with " + agent.terminate());
                rest(random.nextInt(500));
                startAgent();
            }
            case FULL_DISK -> fillDisk();
            case LINK_QUIRK -> bendLink();
        }
    }

    /** Every fourth time the agent is killed meanwhile, and every fourth time there is a flood. */
    private void restWithoutBroker() {
        int luck = random.nextInt(4);
        rest(random.nextInt(1_500));
        if (luck == 0) inject(ChaosFault.AGENT_KILL);
        if (luck == 1) inject(ChaosFault.FLOOD);
        rest(random.nextInt(1_500));
        broker.start();
        observer.tell("broker up");
    }

    private void killAgent() {
        observer.tell("agent down");
        agent.kill();
        rest(random.nextInt(3) == 0 ? random.nextInt(2_000) : random.nextInt(200));
        startAgent();
    }

    private void startAgent() {
        agent.start();
        observer.tell("agent up");
    }

    private void crash() {
        processes.find().stream()
                .filter(process -> process.isMain() && process.service().equals(ChaosService.CHATTY.id()))
                .findFirst()
                .ifPresent(process -> Shell.run("kill", "-KILL", Long.toString(process.pid())));
    }

    private void flood() {
        try {
            Files.write(ChaosService.FLOOD.witness(witnesses()).resolve("flood"), new byte[0]);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** Every other time the agent is killed while the disk is full. */
    private void fillDisk() {
        observer.tell("disk " + FULL);
        diskWasFull = true;
        disk.fill();
        rest(500 + random.nextInt(2_000));
        if (random.nextBoolean()) {
            inject(ChaosFault.AGENT_KILL);
            rest(500 + random.nextInt(2_000));
        }
        disk.free();
        observer.tell("disk free");
    }

    /**
     * Every other time the agent has to find out by itself that its connection is no good; every fourth time it is killed
     * meanwhile.
     */
    private void bendLink() {
        LinkQuirk quirk = LinkQuirk.values()[random.nextInt(LinkQuirk.values().length)];
        log.say("link quirk: " + quirk.words());
        report.injected("link quirk: " + quirk.words());
        observer.tell("link faulty");
        List<Quirk> quirks = quirk.quirks();
        quirks.forEach(proxy::add);
        rest(1_000 + random.nextInt(4_000));
        if (random.nextInt(4) == 0) inject(ChaosFault.AGENT_KILL);
        quirks.forEach(proxy::remove);
        report.seen(
                "times a link quirk fired",
                quirks.stream().mapToLong(Quirk::fired).sum());
        observer.tell("link fine");
        if (random.nextBoolean()) proxy.reset();
    }

    private void rest(long millis) {
        long end = System.nanoTime() + Duration.ofMillis(millis).toNanos();
        do {
            Commander.pause(Math.min(millis, 20));
            agent.fallen().ifPresent(this::revive);
        } while (System.nanoTime() < end);
    }

    /** Without a disk it may give up; the init system tries again. */
    private void revive(int code) {
        observer.tell("agent down");
        if (diskWasFull) report.seen("ends of the agent on a full disk", 1);
        else report.passed(Verdict.AGENT_FELL, 1);
        log.say((diskWasFull ? "" : "VERDICT ") + "the agent ended by itself with " + code);
        Commander.pause(500);
        startAgent();
    }

    @Override
    public void close() {
        Runtime.getRuntime().removeShutdownHook(emergency);
        clean();
    }

    /** Also when somebody interrupts the run: what it started would live on. */
    private void clean() {
        observer.close();
        agent.kill();
        for (ServiceProcesses.Seen left : processes.find())
            ProcessHandle.of(left.pid()).ifPresent(ProcessHandle::destroyForcibly);
        proxy.close();
        broker.close();
        disk.close();
        log.close();
        Folders.delete(folder);
    }
}
