package io.efka.agent.artifact;

import io.efka.protocol.ErrorCode;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;

/** Artifacts in folders of this machine, such as a mounted stick: {@code file:///media/stick/camera.tar.gz}. Thread-safe. */
public final class FileSource implements ArtifactSource {
    private static final int BUFFER = 64 * 1024;

    private final List<Path> roots;

    /** @param roots folders that artifacts may be in; links in them may not lead out. Empty: no file is a source */
    public FileSource(List<Path> roots) {
        this.roots = List.copyOf(roots);
    }

    @Override
    public boolean serves(URI source) {
        return ArtifactRef.scheme(source).equals("file");
    }

    @Override
    public void fetch(URI source, PartialArtifact sink, Cancellation cancellation)
            throws IOException, SourceRefusedException {
        Path file = real(source);
        try (FileChannel channel = FileChannel.open(file, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS))) {
            if (channel.size() != sink.size()) {
                throw new SourceRefusedException(
                        ErrorCode.ARTIFACT_MISMATCH,
                        source + " has " + channel.size() + " bytes, expected " + sink.size());
            }
            ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
            while (!sink.isComplete()) {
                cancellation.check();
                buffer.clear().limit((int) Math.min(BUFFER, sink.size() - sink.received()));
                if (channel.read(buffer, sink.received()) < 0) throw new IOException(source + " became shorter");
                sink.append(buffer.array(), buffer.position());
            }
        }
    }

    private Path real(URI source) throws SourceRefusedException {
        Path file = path(source);
        if (!isBelowARoot(file)) throw notBelow(source);
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new SourceRefusedException(ErrorCode.ARTIFACT_UNAVAILABLE, source + " must be a file");
        }
        return file;
    }

    private SourceRefusedException notBelow(URI source) {
        return new SourceRefusedException(
                ErrorCode.NOT_ALLOWED, source + " must be below one of artifact_roots, which are " + roots);
    }

    private Path path(URI source) throws SourceRefusedException {
        if (source.getPath() == null || !source.getPath().startsWith("/") || source.getHost() != null) {
            throw new SourceRefusedException(
                    ErrorCode.ARTIFACT_UNAVAILABLE, source + " must name an absolute path, as file:///… does");
        }
        try {
            Path named = Path.of(source.getPath());
            // Whether a file exists elsewhere is nobody's business.
            if (roots.stream().noneMatch(root -> named.normalize().startsWith(root.normalize())))
                throw notBelow(source);
            return named.toRealPath();
        } catch (IOException | InvalidPathException e) {
            throw new SourceRefusedException(ErrorCode.ARTIFACT_UNAVAILABLE, source + " cannot be read: " + e);
        }
    }

    private boolean isBelowARoot(Path file) {
        for (Path root : roots) {
            try {
                if (file.startsWith(root.toRealPath())) return true;
            } catch (IOException notThere) {
                // a stick that is not plugged in
            }
        }
        return false;
    }
}
