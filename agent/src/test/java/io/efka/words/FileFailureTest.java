package io.efka.words;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FileFailureTest {
    @TempDir
    private Path folder;

    @Test
    void saysWhatTheJdkOnlyNamesByAClass() {
        Path missing = folder.resolve("missing");
        IOException problem = catchThrowableOfType(IOException.class, () -> Files.readString(missing));
        assertThat(FileFailure.words(problem)).isEqualTo(missing + ": no such file or folder");
        assertThat(FileFailure.reason(problem)).isEqualTo("no such file or folder");
        assertThat(FileFailure.words(new AccessDeniedException("/etc/shadow")))
                .isEqualTo("/etc/shadow: permission denied");
    }

    @Test
    void keepsTheKernelsReason() {
        assertThat(FileFailure.words(new FileSystemException("/data/x", null, "Read-only file system")))
                .isEqualTo("/data/x: read-only file system");
        assertThat(FileFailure.words(new IOException("No space left on device")))
                .isEqualTo("no space left on device");
        assertThat(FileFailure.words(new UncheckedIOException(new IOException("I/O error"))))
                .isEqualTo("I/O error");
    }

    @Test
    void aFileThatIsNoTextIsCalledThat() {
        assertThat(FileFailure.reason(new MalformedInputException(1))).isEqualTo("not UTF-8 text");
    }

    @Test
    void whatHasNoMessageIsNotSwallowed() {
        assertThat(FileFailure.reason(new IOException())).isEqualTo("java.io.IOException");
    }
}
