package io.efka.it.injection;

import static org.assertj.core.api.Assertions.assertThat;

import io.efka.fixtures.Await;
import io.efka.fixtures.Folders;
import io.efka.it.AgentProcess;
import io.efka.it.Device;
import io.efka.it.FlakyProxy;
import io.efka.it.TestBroker;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** One device whose agent, under load, gets one error after the other. */
final class Injected implements AutoCloseable {
    private static final Duration TO_BE_REACHED = Duration.ofSeconds(30);

    private final Path orders;
    private final FlakyProxy proxy;
    private final LoadedDevice loaded;
    private int number;

    Injected(TestBroker broker, String id, Path jar) throws IOException {
        orders = Folders.create("orders");
        proxy = new FlakyProxy(broker.port());
        var device = new Device(broker, id, proxy.uri().toString());
        var world = AgentProcess.World.USUAL.with("-javaagent:" + jar + "=" + orders);
        loaded = new LoadedDevice(broker, device, world, "--metrics-interval", "1s", "--stop-timeout", "10s");
    }

    /** Throws an error of that kind there, and sees that the agent works again, or has ended and the next one does. */
    void inject(HandOver place, Injection.Kind kind) throws IOException {
        String what = kind + " at " + place;
        String mine = String.valueOf(++number);
        long began = System.nanoTime();
        int before = loaded.ends().size();
        Injection.order(orders, mine, place.place(), place.thread(), kind);
        switch (place.when()) {
            case UNDER_LOAD -> {}
            case LINK_CUT -> proxy.reset();
            case AT_START -> loaded.restarter().agent().kill();
            case AT_END -> end();
        }
        awaitDone(what, mine, place.when() == HandOver.When.LINK_CUT);
        Injection.withdraw(orders);
        if (place.when() == HandOver.When.AT_END) awaitEnd(what, before);
        loaded.requireWorking(what);
        judge(what, place, before);
        System.out.println("[injection] " + what + ": "
                + (loaded.ends().size() > before ? "ended, adopted" : "went on") + ", "
                + Duration.ofNanos(System.nanoTime() - began).toMillis() + " ms");
    }

    /** A connection is cut again and again: the first time there may have been none. */
    private void awaitDone(String what, String mine, boolean isCut) {
        long deadline = System.nanoTime() + TO_BE_REACHED.toNanos();
        while (!Await.within(Duration.ofSeconds(3), () -> Injection.isDone(orders, mine))) {
            if (System.nanoTime() - deadline > 0) throw new AssertionError(what + ": the agent never came there");
            if (isCut) proxy.reset();
        }
    }

    /** After a failure: nothing is ordered, and an agent that is all right is there. */
    void startAnew() throws IOException {
        Injection.withdraw(orders);
        loaded.restarter().agent().kill();
        loaded.requireWorking("a kill after a failure");
    }

    private void end() {
        ProcessHandle.of(loaded.restarter().agent().pid()).ifPresent(ProcessHandle::destroy);
    }

    private void awaitEnd(String what, int before) {
        Await.until(
                () -> what + ": the agent ends\n" + loaded.log(),
                LoadedDevice.TO_END,
                () -> loaded.ends().size() > before);
    }

    private void judge(String what, HandOver place, int before) {
        List<Integer> all = loaded.ends();
        // Where it went on, a future or a library has swallowed the error, and something was left half done.
        if (!HandOvers.mayGoOn(place))
            assertThat(all.size()).as("%s: ended by it", what).isGreaterThan(before);
        for (int code : all.subList(before, all.size())) {
            boolean isKill = place.when() == HandOver.When.AT_START && code == 137;
            boolean isRegular = place.when() == HandOver.When.AT_END && code == 0;
            assertThat(code == 70 || isKill || isRegular)
                    .as("%s: exit code %s\n%s", what, code, loaded.log())
                    .isTrue();
        }
    }

    @Override
    public void close() throws IOException {
        try {
            loaded.close();
        } finally {
            proxy.close();
            Folders.delete(orders);
        }
    }
}
