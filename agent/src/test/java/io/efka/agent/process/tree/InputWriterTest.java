package io.efka.agent.process.tree;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.efka.agent.runtime.SystemTimers;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class InputWriterTest {
    private static final String GONE =
            "stdin of this run was deleted or replaced: restart the service to have one again";

    @TempDir
    private Path folder;

    private final SystemTimers timers = new SystemTimers(Runnable::run);
    private final InputWriter writer = new InputWriter(timers);

    @AfterEach
    void end() {
        writer.close();
        timers.close();
    }

    private Path fifo(String name) throws Exception {
        Path fifo = folder.resolve(name);
        assertThat(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor())
                .isZero();
        return fifo;
    }

    private Optional<String> write(Path to, String text) throws Exception {
        var answer = new CompletableFuture<Optional<String>>();
        writer.write(to, text.getBytes(UTF_8), answer::complete);
        return answer.get(20, TimeUnit.SECONDS);
    }

    @Test
    void aServiceReadsWhatIsWritten() throws Exception {
        Path fifo = fifo("stdin");
        Process reader = new ProcessBuilder(
                        "sh", "-c", "exec 3<>\"$0\"; echo open; read -r line <&3; echo \"$line\"", fifo.toString())
                .start();
        try (var said = reader.inputReader(UTF_8)) {
            assertThat(said.readLine()).isEqualTo("open");
            assertThat(write(fifo, "hello\n")).isEmpty();
            assertThat(said.readLine()).isEqualTo("hello");
        } finally {
            reader.destroyForcibly().waitFor();
        }
    }

    @Test
    void nobodyIsWaitedForWhereNobodyReads() throws Exception {
        assertThat(write(fifo("stdin"), "x")).isEmpty();
    }

    @Test
    void noFileIsMadeWhereNoneIs() throws Exception {
        Path missing = folder.resolve("stdin");
        assertThat(write(missing, "x")).contains(GONE);
        assertThat(missing).doesNotExist();
    }

    @Test
    void aRegularFileIsLeftAlone() throws Exception {
        Path file = Files.writeString(folder.resolve("stdin"), "of somebody else");
        assertThat(write(file, "x")).contains(GONE);
        assertThat(file).hasContent("of somebody else");
    }

    @Test
    void aLinkIsNotFollowed() throws Exception {
        Path link = Files.createSymbolicLink(folder.resolve("stdin"), fifo("another"));
        assertThat(write(link, "x")).contains(GONE);
    }

    @Test
    void aDeviceAndASocketAreNoFifos() throws Exception {
        assertThat(write(Path.of("/dev/null"), "x")).contains(GONE);
        Path socket = folder.resolve("socket");
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(socket));
            assertThat(write(socket, "x")).contains(GONE);
        }
    }

    /** Between the look and the opening somebody may put anything there. */
    @Test
    void whatComesAndGoesMeanwhileIsNeitherMadeNorWritten() throws Exception {
        Path fifo = fifo("stdin");
        Path spare = folder.resolve("spare");
        Path victim = Files.writeString(folder.resolve("victim"), "");
        var vandal = CompletableFuture.runAsync(() -> swap(fifo, spare, victim));
        while (!vandal.isDone()) {
            Optional<String> problem = write(fifo, "x");
            assertThat(problem.map(String::strip).orElse(GONE)).matches("stdin .*");
        }
        vandal.join();
        assertThat(victim).isEmptyFile();
        assertThat(fifo).doesNotExist();
    }

    private static void swap(Path fifo, Path spare, Path victim) {
        try {
            for (int i = 0; i < 2_000; i++) {
                Files.move(fifo, spare);
                Files.createSymbolicLink(fifo, victim);
                Files.delete(fifo);
                Files.move(spare, fifo);
            }
            Files.delete(fifo);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
