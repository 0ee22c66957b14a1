package io.efka.agent.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.efka.agent.state.StateStore.DataFolderBusy;
import io.efka.agent.state.StateStore.StoreLimits;
import io.efka.agent.supervision.StoreException;
import io.efka.fixtures.Await;
import io.efka.fixtures.Folders;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StateStoreTest {
    private static final StoreLimits SMALL = new StoreLimits(4_000, Duration.ofMillis(50), 3, 0);
    private static final StoreLimits RESERVED = new StoreLimits(4 << 20, Duration.ofHours(1), 3, 500);
    private static final StoreLimits PATIENT = new StoreLimits(4 << 20, Duration.ofHours(1), 3, 0);

    @TempDir
    private Path data;

    private final RecordingDisk disk = new RecordingDisk();
    private StateStore store;

    @BeforeEach
    void open() throws Exception {
        store = StateStore.open(data, disk, PATIENT);
    }

    private void reopen(StoreLimits bounds) throws Exception {
        store.close();
        store = StateStore.open(data, disk, bounds);
    }

    @AfterEach
    void close() {
        store.close();
    }

    private void put(String key, String document) throws StoreException {
        store.commit(List.of(Change.put("m", key, document)));
    }

    private List<String> names() {
        try (Stream<Path> files = Files.list(data.resolve("state"))) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private long bytes() {
        return names().stream()
                .mapToLong(name -> data.resolve("state").resolve(name).toFile().length())
                .sum();
    }

    @Test
    void isTheAgentsAlone() throws Exception {
        store.close();
        store = StateStore.open(data, new KernelDisk(), SMALL);
        for (int i = 0; i < 100; i++) put("key" + i, "x".repeat(200));
        Await.until("a checkpoint", () -> names().stream().anyMatch(name -> name.startsWith("checkpoint-")));
        // A checkpoint under way would delete files between the list and the look at them.
        store.close();

        for (Path file : allFiles()) {
            String wanted = Files.isDirectory(file) ? "rwx------" : "rw-------";
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .as(file.toString())
                    .isEqualTo(wanted);
        }
    }

    private List<Path> allFiles() throws IOException {
        try (Stream<Path> files = Files.list(data.resolve("state"))) {
            return Stream.concat(files, Stream.of(data.resolve("state"), data.resolve("lock")))
                    .toList();
        }
    }

    @Nested
    class Documents {
        @Test
        void areThereAfterACleanClose() throws Exception {
            put("a", "1");
            store.commit(List.of(Change.put("m", "b", "2"), Change.put("other", "a", "3")));
            store.commit(List.of(Change.remove("m", "a")));
            reopen(PATIENT);
            assertThat(store.documents("m")).isEqualTo(Map.of("b", "2"));
            assertThat(store.documents("other")).isEqualTo(Map.of("a", "3"));
            assertThat(store.damages()).isEmpty();
        }

        @Test
        void ofAnUnknownMapAreNone() throws Exception {
            assertThat(store.documents("nothing")).isEmpty();
        }

        @Test
        void mayBeAnyText() throws Exception {
            String odd = "half a pair \ud800, a NUL \0, \u4e2d, \ud83d\ude00";
            put(odd, odd);
            put("", "");
            put("big", "x".repeat(1 << 20));
            var expected = Map.of(odd, odd, "", "", "big", "x".repeat(1 << 20));
            assertThat(StateFolder.copyAndRead(data, "m"))
                    .as("from the journal")
                    .isEqualTo(expected);
            reopen(PATIENT);
            assertThat(store.documents("m")).as("from the checkpoint").isEqualTo(expected);
        }

        @Test
        void aboveTheLimitAreRefusedAndNothingElseIsHurt() throws Exception {
            put("a", "1");
            assertThatThrownBy(() -> put("b", "x".repeat(9 << 20)))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("at most 8388608 characters");
            assertThat(store.documents("m")).isEqualTo(Map.of("a", "1"));
        }

        @Test
        void cannotBeSavedAfterClose() throws Exception {
            store.close();
            assertThatThrownBy(() -> put("a", "1")).hasMessageContaining("closed");
            store.commitSoon(List.of(Change.put("m", "a", "1")));
        }
    }

    @Nested
    class ACommit {
        @Test
        void costsOneSync() throws Exception {
            long before = disk.syncs();
            for (int i = 0; i < 10; i++) put("a", "" + i);
            assertThat(disk.syncs() - before).isEqualTo(10);
        }

        @Test
        void ofManyThreadsSharesItsSync() throws Exception {
            long before = disk.syncs();
            var start = new CountDownLatch(1);
            var threads = Stream.iterate(0, i -> i + 1)
                    .limit(8)
                    .map(i -> new Thread(() -> commitMany(start, "t" + i)))
                    .toList();
            threads.forEach(Thread::start);
            start.countDown();
            for (Thread thread : threads) thread.join();
            assertThat(store.documents("m")).hasSize(8 * 50);
            assertThat(disk.syncs() - before).isLessThanOrEqualTo(8 * 50);
        }

        private void commitMany(CountDownLatch start, String name) {
            try {
                start.await();
                for (int i = 0; i < 50; i++) put(name + "-" + i, "x");
            } catch (StoreException | InterruptedException e) {
                throw new AssertionError(e);
            }
        }

        @Test
        void isNotDisturbedByAnInterrupt() throws Exception {
            reopen(SMALL);
            Thread.currentThread().interrupt();
            for (int i = 0; i < 200; i++) put("key" + i, "x".repeat(50));
            boolean stillInterrupted = Thread.interrupted();
            assertThat(stillInterrupted).isTrue();
            Thread.currentThread().interrupt();
            reopen(SMALL);
            assertThat(Thread.interrupted()).isTrue();
            assertThat(store.documents("m")).hasSize(200);
            assertThat(store.damages()).isEmpty();
        }

        @Test
        void bringsAlongWhatWasToBeSavedSoon() throws Exception {
            store.commitSoon(List.of(Change.put("m", "soon", "1")));
            assertThat(store.documents("m")).isEqualTo(Map.of("soon", "1"));
            assertThat(StateFolder.copyAndRead(data, "m")).isEmpty();
            put("a", "1");
            assertThat(StateFolder.copyAndRead(data, "m")).isEqualTo(Map.of("soon", "1", "a", "1"));
        }

        @Test
        void overridesWhatWasToBeSavedSoonBefore() throws Exception {
            store.commitSoon(List.of(Change.put("m", "a", "old")));
            put("a", "new");
            assertThat(store.documents("m")).isEqualTo(Map.of("a", "new"));
            reopen(PATIENT);
            assertThat(store.documents("m")).isEqualTo(Map.of("a", "new"));
        }
    }

    @Nested
    class ChangesThatAreToBeDurableSoon {
        @Test
        void areDurableWithoutAnyCommitAtTheCostOfOneSync() throws Exception {
            reopen(SMALL);
            long before = disk.syncs();
            for (int i = 0; i < 100; i++) store.commitSoon(List.of(Change.put("m", "offset", "" + i)));
            Await.until(
                    "the last offset is on the disk",
                    () -> StateFolder.copyAndRead(data, "m").equals(Map.of("offset", "99")));
            assertThat(disk.syncs() - before).isLessThanOrEqualTo(3);
        }

        @Test
        void areDurableAfterAClose() throws Exception {
            store.commitSoon(List.of(Change.put("m", "a", "1"), Change.put("m", "b", "1")));
            store.commitSoon(List.of(Change.remove("m", "b")));
            reopen(PATIENT);
            assertThat(store.documents("m")).isEqualTo(Map.of("a", "1"));
        }

        @Test
        void waitForRoomOnAFullDisk() throws Exception {
            reopen(SMALL);
            disk.fillUpTo(5);
            store.commitSoon(List.of(Change.put("m", "a", "1")));
            assertThatThrownBy(() -> put("b", "1")).isInstanceOf(StoreException.class);
            disk.fillUpTo(Long.MAX_VALUE);
            Await.until(
                    "the document is on the disk",
                    () -> StateFolder.copyAndRead(data, "m").equals(Map.of("a", "1")));
        }
    }

    @Nested
    class OnAFullDisk {
        @Test
        void aCommitFailsWithTheReasonAndWhatWasBeforeStands() throws Exception {
            put("a", "old");
            disk.fillUpTo(20);
            assertThatThrownBy(() -> put("a", "new"))
                    .isInstanceOf(StoreException.class)
                    .hasMessage("the state cannot be saved: No space left on device");
            assertThat(store.documents("m")).isEqualTo(Map.of("a", "old"));
            assertThat(StateFolder.copyAndRead(data, "m")).isEqualTo(Map.of("a", "old"));
        }

        @Test
        void commitsWorkAgainWhenThereIsRoom() throws Exception {
            disk.fillUpTo(20);
            assertThatThrownBy(() -> put("a", "1")).isInstanceOf(StoreException.class);
            disk.fillUpTo(Long.MAX_VALUE);
            put("b", "2");
            assertThat(StateFolder.copyAndRead(data, "m")).isEqualTo(Map.of("b", "2"));
            assertThat(StateFolder.damagesOfCopy(data)).isEmpty();
        }

        @Test
        void anAgentCanStartAndItsSessionIsSavedWhenThereIsRoom() throws Exception {
            reopen(SMALL);
            disk.fillUpTo(5);
            assertThat(new SessionCounter(store).next()).isEqualTo(1);
            disk.fillUpTo(Long.MAX_VALUE);
            Await.until(
                    "the first record alone is on the disk",
                    () -> StateFolder.copyAndRead(data, "agent").equals(Map.of("session", "1")));
        }

        @Test
        void aRecordThatFailedAndCannotBeWipedOutAtOnceIsWipedOutBeforeTheNext() throws Exception {
            put("a", "1");
            disk.failSyncs(true);
            disk.failWipes(true);
            assertThatThrownBy(() -> put("b", "2")).isInstanceOf(StoreException.class);
            disk.failSyncs(false);
            assertThatThrownBy(() -> put("c", "3")).hasMessageContaining("Read-only file system");
            disk.failWipes(false);
            put("d", "4");
            assertThat(StateFolder.copyAndRead(data, "m")).isEqualTo(Map.of("a", "1", "d", "4"));
            assertThat(StateFolder.damagesOfCopy(data)).isEmpty();
        }

        @Test
        void whatIsOwedIsWrittenIntoTheReserveAndNothingElse() throws Exception {
            reopen(RESERVED);
            put("a", "1");
            fill();
            store.commitCritical(List.of(Change.put("m", "owed", "1")));
            assertThatThrownBy(() -> put("b", "1")).isInstanceOf(StoreException.class);
            assertThat(StateFolder.copyAndRead(data, "m"))
                    .containsEntry("owed", "1")
                    .containsEntry("a", "1")
                    .doesNotContainKey("b");
            assertThat(StateFolder.damagesOfCopy(data)).isEmpty();
        }

        @Test
        void theReserveIsThereForTheNextAgentToo() throws Exception {
            reopen(RESERVED);
            put("a", "1");
            fill();
            Path left = StateFolder.copy(data);
            try (StateStore next = StateStore.open(left, disk, RESERVED)) {
                next.commitCritical(List.of(Change.put("m", "owed", "1")));
                assertThat(StateFolder.copyAndRead(left, "m")).containsEntry("owed", "1");
            }
            Folders.delete(left);
        }

        @Test
        void theReserveMayBeUsedUpAndIsFilledAgainWhenThereIsRoom() throws Exception {
            reopen(RESERVED);
            put("a", "1");
            fill();
            assertThatThrownBy(() -> {
                        for (int i = 0; i < 100; i++)
                            store.commitCritical(List.of(Change.put("m", "owed" + i, "x".repeat(50))));
                    })
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("No space left on device; the reserve of 500 bytes is used up");
            assertThat(store.documents("m")).containsKey("owed3");
            disk.fillUpTo(Long.MAX_VALUE);
            put("b", "2");
            fill();
            store.commitCritical(List.of(Change.put("m", "owed again", "1")));
        }

        /** Uses up what the journal has beside its reserve as well. */
        private void fill() {
            disk.fillUpTo(0);
            assertThatThrownBy(() -> {
                        for (int i = 0; i < 100; i++) put("filling", "x".repeat(20));
                    })
                    .isInstanceOf(StoreException.class);
        }

        @Test
        void whatIsOwedOverridesWhatWasToBeSavedSoonBefore() throws Exception {
            reopen(RESERVED);
            put("a", "1");
            fill();
            store.commitSoon(List.of(Change.put("m", "a", "old")));
            store.commitCritical(List.of(Change.put("m", "a", "new")));
            disk.fillUpTo(Long.MAX_VALUE);
            put("b", "1");
            assertThat(StateFolder.copyAndRead(data, "m")).containsEntry("a", "new");
        }

        @Test
        void aCommitWhoseSyncFailedDoesNotComeBack() throws Exception {
            put("a", "1");
            disk.failSyncs(true);
            assertThatThrownBy(() -> put("b", "2")).hasMessageContaining("Input/output error");
            disk.failSyncs(false);
            assertThat(StateFolder.copyAndRead(data, "m")).isEqualTo(Map.of("a", "1"));
        }

        @Test
        void aJournalThatCannotBeBegunIsNotLeftHalfMade() throws Exception {
            put("a", "1");
            disk.fillUpTo(10);
            store.close();
            disk.fillUpTo(Long.MAX_VALUE);
            assertThat(names()).containsExactly("journal-00000001");
        }

        @Test
        void aCheckpointThatFailsCostsNothing() throws Exception {
            put("a", "1");
            disk.fillUpTo(1000);
            reopen(PATIENT);
            assertThat(store.documents("m")).isEqualTo(Map.of("a", "1"));
            assertThat(store.damages()).isEmpty();
        }
    }

    @Nested
    class WithoutAThreadForCheckpoints {
        private final NoThreads threads = new NoThreads();

        @BeforeEach
        void open() throws Exception {
            store.close();
            store = StateStore.open(data, disk, SMALL, threads);
            for (int i = 0; i < 40; i++) put("key" + i % 20, "document " + i + "x".repeat(400));
        }

        @Test
        void commitsSucceedAlsoBeyondAFullJournal() throws Exception {
            assertThat(bytes()).as("a journal that is full twice over").isGreaterThan(2 * SMALL.fullJournal());
            assertThat(StateFolder.copyAndRead(data, "m")).hasSize(20).containsValue("document 39" + "x".repeat(400));
        }

        @Test
        void aCheckpointIsWrittenAsSoonAsThereIsOne() throws Exception {
            threads.areThere = true;
            put("a", "1");
            Await.until("a checkpoint", () -> names().stream().anyMatch(name -> name.startsWith("checkpoint-")));
        }

        @Test
        void theFolderIsFreeAfterAClose() throws Exception {
            store.close();
            store = StateStore.open(data, disk, PATIENT);
            assertThat(store.documents("m")).hasSize(20);
        }

        /** As the pool of the checkpoints on a machine that has no more threads. */
        private static final class NoThreads extends ThreadPoolExecutor {
            private volatile boolean areThere;

            NoThreads() {
                super(1, 1, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>());
            }

            @Override
            public void execute(Runnable task) {
                if (!areThere) throw new RejectedExecutionException("unable to create native thread");
                super.execute(task);
            }
        }
    }

    @Nested
    class UnderLoad {
        @Test
        void theFolderStaysSmallAndHoldsEverything() throws Exception {
            reopen(SMALL);
            long largest = 0;
            for (int i = 0; i < 3_000; i++) {
                put("key" + i % 20, "document " + i + "x".repeat(100));
                if (i % 50 == 0) largest = Math.max(largest, bytes());
            }
            // Two checkpoints of one page each, one being written, and three journals of twice their bound.
            assertThat(largest).isLessThan(3 * 65_536 + 3 * 2 * 4_000 + 1_000);
            assertThat(StateFolder.copyAndRead(data, "m")).hasSize(20).containsValue("document 2999" + "x".repeat(100));
            assertThat(names()).noneMatch(name -> name.equals("journal-00000001"));
        }

        @Test
        void aSecondCleanStartWritesNothing() throws Exception {
            reopen(SMALL);
            put("a", "1");
            reopen(SMALL);
            var before = names();
            reopen(SMALL);
            assertThat(names()).isEqualTo(before);
        }
    }

    @Nested
    class TheFolder {
        @Test
        void isRefusedToASecondAgentWithItsOwnersPid() throws Exception {
            put("a", "1");
            assertThatThrownBy(() -> StateStore.open(data))
                    .isInstanceOf(DataFolderBusy.class)
                    .hasMessageContaining(data.toString())
                    .hasMessageContaining("in use by another agent");
            assertThat(Files.readString(data.resolve("lock")))
                    .isEqualTo(ProcessHandle.current().pid() + "\n");
            put("b", "2");
        }

        @Test
        void isFreeAfterAClose() throws Exception {
            reopen(PATIENT);
            put("a", "1");
        }

        @Test
        void isMadeWhereThereIsNone() throws Exception {
            try (StateStore made = StateStore.open(data.resolve("some/where"))) {
                made.commit(List.of(Change.put("m", "a", "1")));
            }
            assertThat(data.resolve("some/where/state")).isDirectory();
        }

        @Test
        void thatIsAFileIsRefusedClearly() throws Exception {
            Path file = Files.writeString(data.resolve("file"), "x");
            assertThatThrownBy(() -> StateStore.open(file))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining(file.toString());
        }
    }
}
