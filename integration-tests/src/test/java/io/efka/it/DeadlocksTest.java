package io.efka.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.efka.fixtures.Await;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CyclicBarrier;
import org.junit.jupiter.api.Test;

final class DeadlocksTest {
    @Test
    void areFoundInAJvmThatHasOne() throws Exception {
        Process jvm = start("deadlock");
        try {
            Await.value("a deadlock", Duration.ofSeconds(20), () -> Deadlocks.in(jvm));
            assertThat(Deadlocks.in(jvm))
                    .hasValueSatisfying(found -> assertThat(found).contains("one", "other", "waiting to lock"));
        } finally {
            jvm.destroyForcibly().waitFor();
        }
    }

    @Test
    void areNotFoundWhereThreadsOnlyWait() throws Exception {
        Process jvm = start("none");
        try {
            assertThat(jvm.getInputStream().read()).isEqualTo('r');
            assertThat(Deadlocks.in(jvm)).isEmpty();
            assertThat(jvm.isAlive()).isTrue();
        } finally {
            jvm.destroyForcibly().waitFor();
        }
    }

    @Test
    void areNotAskedForWhereTheQuestionWouldKill() throws Exception {
        Process sleeper = new ProcessBuilder("sleep", "60").start();
        try {
            assertThat(Deadlocks.in(sleeper)).isEmpty();
            assertThat(sleeper.isAlive()).isTrue();
        } finally {
            sleeper.destroyForcibly().waitFor();
        }
        assertThat(Deadlocks.in(sleeper)).isEmpty();
    }

    private static Process start(String argument) throws Exception {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-Xmx16m",
                        "-cp",
                        Path.of(DeadlocksTest.class
                                        .getProtectionDomain()
                                        .getCodeSource()
                                        .getLocation()
                                        .toURI())
                                .toString(),
                        Patient.class.getName(),
                        argument)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    /** A JVM with two threads that wait for each other, or for nothing. */
    static final class Patient {
        private static final CyclicBarrier BOTH = new CyclicBarrier(2);
        private static final Object FIRST = new Object();
        private static final Object SECOND = new Object();

        public static void main(String[] arguments) throws Exception {
            if (arguments[0].equals("deadlock")) {
                new Thread(() -> lock(FIRST, SECOND), "one").start();
                new Thread(() -> lock(SECOND, FIRST), "other").start();
            }
            System.out.print("ready");
            System.out.flush();
            Thread.currentThread().join();
        }

        private static void lock(Object mine, Object yours) {
            synchronized (mine) {
                try {
                    BOTH.await();
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
                synchronized (yours) {
                    System.out.println("impossible");
                }
            }
        }
    }
}
