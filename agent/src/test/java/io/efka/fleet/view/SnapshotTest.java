package io.efka.fleet.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.efka.fleet.FakeFleetBroker;
import io.efka.fleet.session.FleetException;
import io.efka.fleet.session.FleetSession;
import io.efka.threads.ExitCode;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class SnapshotTest {
    private static final Duration SOON = Duration.ofSeconds(30);

    private final FakeFleetBroker broker = new FakeFleetBroker();

    private void device(String id, int services) {
        broker.retain("efka/" + id + "/status", "{\"online\":true,\"services\":{\"running\":" + services + "}}");
        services(id, services);
    }

    private void offline(String id, int services) {
        broker.retain("efka/" + id + "/status", "{\"online\":false,\"reason\":\"lost\"}");
        services(id, services);
    }

    private void services(String id, int services) {
        for (int i = 0; i < services; i++) service(id, "s" + i, "running");
    }

    private void service(String device, String id, String state) {
        broker.retain("efka/" + device + "/svc/" + id + "/status", "{\"state\":\"" + state + "\"}");
    }

    private Snapshot snapshot(String... targets) throws Exception {
        return snapshot(broker.connected(), targets);
    }

    private static Snapshot snapshot(FleetSession session, String... targets) {
        List<Target> wanted = targets.length == 0
                ? List.of(Target.ALL)
                : List.of(targets).stream().map(Target::parse).toList();
        return new Snapshot(session, wanted);
    }

    @Nested
    class WhatIsThere {
        @Test
        void tenThousandServicesOfTwoThousandDevicesAllCome() throws Exception {
            for (int i = 0; i < 2_000; i++) device("dev" + i, 5);

            Completeness came = snapshot().read(true);

            assertThat(came).isEqualTo(new Completeness(2_000, 10_000, 10_000, List.of(), false));
            assertThat(broker.dropped()).isZero();
        }

        @Test
        void offlineDevicesThatSayNothingOfTheirServicesComeWholeAsWell() throws Exception {
            for (int i = 0; i < 100; i++) offline("dev" + i, 40);

            Completeness came = snapshot().read(true);

            assertThat(came.services()).isEqualTo(4_000);
            assertThat(came.isComplete()).isTrue();
        }

        @Test
        void oneServiceOfEachDeviceIsNotAskedForWithItsNeighbours() throws Exception {
            for (int i = 0; i < 1_500; i++) device("dev" + i, 5);
            Snapshot snapshot = snapshot("*/s3");

            Completeness came = snapshot.read(true);

            assertThat(snapshot.view().services(List.of(Target.parse("*/s3")))).hasSize(1_500);
            assertThat(came.services()).isEqualTo(1_500);
            assertThat(came.isComplete()).isTrue();
        }

        @Test
        void devicesThatSayTheyHaveNoServiceMayHaveTheirFirstOneByNow() throws Exception {
            for (int i = 0; i < 3_000; i++) device("dev" + i, 0);
            service("dev7", "s0", "running");
            service("dev2999", "s0", "running");

            assertThat(snapshot().read(true).services()).isEqualTo(2);

            assertThat(broker.subscribed())
                    .allSatisfy(filters -> assertThat(filters).hasSizeLessThanOrEqualTo(500));
        }

        @Test
        void whatIsUnreadableOrNobodysHarmsNothing() throws Exception {
            device("good", 2);
            broker.retain("efka/garbage/status", "{\"online\":tr");
            broker.retain("efka/odd/status", "[1,2]");
            broker.retain(
                    "efka/odder/status", "{\"online\":\"yes\",\"services\":{\"running\":\"many\",\"stopped\":-4}}");
            broker.retain("efka/huge/status", "{\"online\":true,\"services\":{\"running\":1e999999999}}");
            broker.retain("efka/no such name/status", "{\"online\":true}");
            broker.retain("efka/good/svc/bad/status", "\u0000");
            Snapshot snapshot = snapshot();

            snapshot.read(true);

            assertThat(snapshot.view().devices()).extracting(DeviceView::id).containsExactly("good", "huge", "odder");
            assertThat(snapshot.view().device("good").orElseThrow().services()).containsOnlyKeys("s0", "s1");
            assertThat(snapshot.view().unreadable()).isGreaterThanOrEqualTo(3);
        }
    }

    @Nested
    class WhatIsMissing {
        @Test
        void aBrokerThatKeepsTenMessagesStillGivesWhatFits() throws Exception {
            broker.queueing(10);
            for (int i = 0; i < 50; i++) device("dev" + i, 5);
            for (int i = 50; i < 100; i++) offline("dev" + i, 5);

            assertThat(snapshot().read(true)).isEqualTo(new Completeness(100, 500, 500, List.of(), false));
        }

        @Test
        void whatDoesNotFitIsSaidByDevice() throws Exception {
            broker.queueing(10);
            device("large", 100);
            device("small", 5);

            Completeness came = snapshot().read(true);

            assertThat(came.missing()).containsExactly("large");
            assertThat(came.services()).isEqualTo(16 + 10 + 5);
            assertThat(came.expected()).isEqualTo(105);
            assertThat(came.isComplete()).isFalse();
        }

        @Test
        void devicesOfWhichMoreCameEachTimeMayBeMissing() throws Exception {
            for (int i = 0; i < 2_000; i++) device("dev" + i, 0);
            FleetSession session = broker.connected();
            var room = new AtomicInteger(500);
            broker.sendingAhead(room.get());
            broker.taking(mark -> broker.sendingAhead(room.addAndGet(100)));

            assertThat(snapshot(session).read(true).mayMissSome()).isTrue();
        }
    }

    @Nested
    class ABrokerThatFallsSilent {
        @Test
        void forAMomentIsAskedAgain() throws Exception {
            for (int i = 0; i < 20; i++) device("dev" + i, 5);
            offline("away", 5);
            FleetSession session = broker.connected();
            broker.stall(Duration.ofMillis(1_500));

            assertThat(snapshot(session).read(true)).isEqualTo(new Completeness(21, 105, 105, List.of(), false));
        }

        @Test
        void forLongerMayHaveMore() throws Exception {
            device("dev", 5);
            FleetSession session = broker.connected();
            broker.stall(Duration.ofMinutes(1));

            assertThat(snapshot(session).read(true).isComplete()).isFalse();
        }

        @Test
        void atTheServicesOfADeviceThatDoesNotCountThemMayHaveMore() throws Exception {
            offline("away", 5);
            FleetSession session = broker.connected();
            broker.refusingFilters(filter -> {
                if (filter.equals("efka/away/svc/+/status")) broker.stall(Duration.ofMinutes(1));
                return false;
            });

            assertThat(snapshot(session).read(true).isComplete()).isFalse();
        }
    }

    @Nested
    class TheMark {
        @Test
        void thatIsRefusedOnlyTakesTime() throws Exception {
            broker.refusingPublish(topic -> topic.endsWith("/cmd/mark"));
            for (int i = 0; i < 300; i++) device("dev" + i, 5);
            for (int i = 300; i < 400; i++) offline("dev" + i, 20);
            long begun = broker.now();

            assertThat(snapshot().read(true)).isEqualTo(new Completeness(400, 3_500, 3_500, List.of(), false));

            assertThat(Duration.ofNanos(broker.now() - begun)).isLessThan(Duration.ofMinutes(1));
        }

        @Test
        void ofSomebodyElseIsNone() throws Exception {
            FleetSession session = broker.connected();
            device("dev1", 5);
            broker.retain("efka/efka-cli-1/cmd/mark", "nonsense");

            assertThat(snapshot(session).read(true).services()).isEqualTo(5);
        }
    }

    @Nested
    class WhatChanges {
        @Test
        void devicesAndServicesAppearAndVanish() throws Exception {
            device("dev1", 2);
            device("dev2", 1);
            FleetSession session = broker.connected();
            Snapshot snapshot = snapshot(session);
            snapshot.read(true);

            device("dev3", 1);
            service("dev1", "s0", "backoff");
            broker.retain("efka/dev2/svc/s0/status", "");
            broker.retain("efka/dev2/status", "");
            session.await(() -> snapshot.view().device("dev2").isEmpty(), SOON);

            FleetView view = snapshot.view();
            assertThat(view.devices()).extracting(DeviceView::id).containsExactly("dev1", "dev3");
            assertThat(view.services(List.of(Target.parse("dev1/s0"))))
                    .extracting(ServiceView::state)
                    .containsExactly("backoff");
            assertThat(view.takeChange()).isTrue();
            assertThat(view.takeChange()).isFalse();
        }

        @Test
        void aDeviceThatVanishesWhileItIsReadDoesNotHoldUpTheRest() throws Exception {
            for (int i = 0; i < 10; i++) device("dev" + i, 5);
            FleetSession session = broker.connected();
            session.listen(message -> {
                if (!message.topic().equals("efka/dev3/svc/s0/status") || message.payload().length == 0) return;
                broker.retain("efka/dev3/status", "");
                for (int i = 0; i < 5; i++) broker.retain("efka/dev3/svc/s" + i + "/status", "");
            });
            Snapshot snapshot = snapshot(session);

            snapshot.read(true);

            assertThat(session.await(() -> snapshot.completeness().devices() == 9, SOON))
                    .isTrue();
            assertThat(snapshot.completeness()).isEqualTo(new Completeness(9, 45, 45, List.of(), false));
        }
    }

    @Nested
    class ALostConnection {
        @Test
        void endsACommandThatDoesNotOutliveIt() throws Exception {
            for (int i = 0; i < 100; i++) device("dev" + i, 20);
            FleetSession session = broker.connected();
            cutAt(session, 700);

            assertThatThrownBy(() -> snapshot(session).read(true))
                    .isInstanceOfSatisfying(
                            FleetException.class, e -> assertThat(e.code()).isEqualTo(ExitCode.UNAVAILABLE))
                    .hasMessageContaining("cut by the test");
        }

        @ParameterizedTest
        @ValueSource(ints = {1, 50, 100, 101, 150, 700, 1_500, 2_100})
        void andASecondOneAreOutlived(int messages) throws Exception {
            for (int i = 0; i < 100; i++) device("dev" + i, 20);
            FleetSession session = broker.connected();
            session.outlivesLosses();
            cutAt(session, messages, messages + 60);
            Snapshot snapshot = snapshot(session);

            snapshot.read(true);

            assertThat(snapshot.completeness()).isEqualTo(new Completeness(100, 2_000, 2_000, List.of(), false));
        }

        @Test
        void bringsWhatHasChangedMeanwhile() throws Exception {
            for (int i = 0; i < 400; i++) device("dev" + i, 5);
            FleetSession session = broker.connected();
            session.outlivesLosses();
            Snapshot snapshot = snapshot(session);
            snapshot.read(true);

            broker.cut();
            for (int i = 0; i < 400; i++) service("dev" + i, "s1", "failed");

            assertThat(session.await(() -> failed(snapshot) == 400, SOON)).isTrue();
            assertThat(broker.dropped()).isZero();
            service("dev7", "s1", "running");
            assertThat(session.await(() -> failed(snapshot) == 399, SOON)).isTrue();
        }

        @Test
        void whatWasDeletedMeanwhileIsGone() throws Exception {
            for (int i = 0; i < 5; i++) device("dev" + i, 3);
            FleetSession session = broker.connected();
            session.outlivesLosses();
            Snapshot snapshot = snapshot(session);
            snapshot.read(true);

            broker.cut();
            device("dev1", 2);
            broker.retain("efka/dev1/svc/s2/status", "");
            broker.retain("efka/dev2/status", "");
            for (int i = 0; i < 3; i++) broker.retain("efka/dev2/svc/s" + i + "/status", "");

            assertThat(session.await(() -> snapshot.view().device("dev2").isEmpty(), SOON))
                    .isTrue();
            assertThat(snapshot.view().devices()).hasSize(4);
            assertThat(snapshot.view().device("dev1").orElseThrow().services().keySet())
                    .containsExactly("s0", "s1");
        }

        /** A snapshot that has lost its connection since. */
        private Snapshot read(FleetSession session) throws Exception {
            session.outlivesLosses();
            Snapshot snapshot = snapshot(session);
            snapshot.read(true);
            broker.cut();
            return snapshot;
        }

        private void goOn(FleetSession session) throws Exception {
            session.await(() -> false, Duration.ofMinutes(2));
        }

        @Test
        void deletesNothingThatTheBrokerDropsOfAWildcard() throws Exception {
            for (int i = 0; i < 2_000; i++) device("dev" + i, 1);
            FleetSession session = broker.connected();
            Snapshot snapshot = read(session);
            broker.retain("efka/dev1999/status", "");
            broker.retain("efka/dev1999/svc/s0/status", "");
            broker.sendingAhead(500);

            goOn(session);

            assertThat(broker.dropped()).isPositive();
            assertThat(snapshot.vanished()).containsExactlyInAnyOrder("dev1999", "dev1999/s0");
            assertThat(snapshot.completeness()).isEqualTo(new Completeness(1_999, 1_999, 1_999, List.of(), false));
        }

        @Test
        void deletesNothingThatTheBrokerDropsOfABatch() throws Exception {
            for (int i = 0; i < 20; i++) device("dev" + i, 5);
            for (int i = 0; i < 20; i++) offline("away" + i, 5);
            FleetSession session = broker.connected();
            Snapshot snapshot = read(session);
            broker.queueing(10);

            goOn(session);

            assertThat(broker.dropped()).isPositive();
            assertThat(snapshot.vanished()).isEmpty();
            assertThat(snapshot.view().services(List.of(Target.ALL))).hasSize(200);
        }

        @ParameterizedTest
        @ValueSource(ints = {1_500, 4_000, 60_000})
        void deletesNothingThatIsSentLate(int millis) throws Exception {
            for (int i = 0; i < 20; i++) device("dev" + i, 5);
            for (int i = 0; i < 20; i++) offline("away" + i, 5);
            FleetSession session = broker.connected();
            Snapshot snapshot = read(session);
            broker.stall(Duration.ofMillis(millis));

            goOn(session);

            assertThat(snapshot.vanished()).isEmpty();
            assertThat(snapshot.view().services(List.of(Target.ALL))).hasSize(200);
            assertThat(snapshot.completeness().isComplete()).isEqualTo(millis < 60_000);
        }

        @Test
        void thatBringsTooLittleIsMadeUpForByTheNextOne() throws Exception {
            device("dev1", 1);
            device("dev2", 1);
            FleetSession session = broker.connected();
            Snapshot snapshot = read(session);
            broker.retain("efka/dev2/status", "");
            broker.retain("efka/dev2/svc/s0/status", "");
            broker.stall(Duration.ofMinutes(1));
            goOn(session);
            assertThat(snapshot.view().devices()).hasSize(2);

            broker.cut();

            assertThat(session.await(() -> snapshot.view().devices().size() == 1, SOON))
                    .isTrue();
            assertThat(snapshot.completeness().isComplete()).isTrue();
        }

        private static long failed(Snapshot snapshot) {
            return snapshot.view().services(List.of(Target.ALL)).stream()
                    .filter(service -> service.state().equals("failed"))
                    .count();
        }

        private void cutAt(FleetSession session, int... counts) {
            var count = new AtomicInteger();
            session.listen(message -> {
                if (!message.topic().startsWith("efka/")) return;
                int number = count.incrementAndGet();
                for (int one : counts) {
                    if (one == number) broker.cut();
                }
            });
        }
    }

    @Test
    void anInterruptEndsIt() throws Exception {
        for (int i = 0; i < 1_000; i++) device("dev" + i, 5);
        FleetSession session = broker.connected();
        session.listen(message -> {
            if (message.topic().equals("efka/dev600/svc/s2/status")) session.interrupt();
        });

        assertThatThrownBy(() -> snapshot(session).read(true))
                .isInstanceOfSatisfying(
                        FleetException.class, e -> assertThat(e.code()).isEqualTo(ExitCode.INTERRUPTED));
    }

    @Test
    void aRefusedSubscriptionIsSaid() throws Exception {
        broker.refusingFilters(filter -> filter.equals("efka/+/status"));

        assertThatThrownBy(() -> snapshot().read(true))
                .isInstanceOfSatisfying(
                        FleetException.class, e -> assertThat(e.code()).isEqualTo(ExitCode.NOT_ALLOWED))
                .hasMessage("the broker refuses the subscription to efka/+/status: not authorised");
    }
}
