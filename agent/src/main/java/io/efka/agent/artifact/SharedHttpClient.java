package io.efka.agent.artifact;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.efka.threads.TaskPool;
import io.efka.threads.Timers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * The JDK's client, while somebody uses it and for a while after. Its thread ends only when the client is
 * garbage-collected (Java 17 cannot close it), so a new client for each attempt of a day without a network would leave
 * hundreds of threads; and its thread wakes every three seconds, so an idle agent has none. Thread-safe.
 */
final class SharedHttpClient implements AutoCloseable {
    private static final int THREADS = 4;
    private static final Duration IDLE = Duration.ofSeconds(10);
    private static final Duration CONNECT = Duration.ofSeconds(30);

    /** Longer than the longest wait between two attempts. */
    private static final Duration KEPT = Duration.ofMinutes(10);

    private final HttpSource.Settings settings;
    private final Timers timers;
    private final TaskPool pool = TaskPool.onDemand("agent-http", THREADS, IDLE, new LinkedBlockingQueue<>(), 0);

    @GuardedBy("this") private Optional<HttpClient> client = Optional.empty();

    @GuardedBy("this") private Optional<Timers.Timer> end = Optional.empty();

    @GuardedBy("this") private int users;

    SharedHttpClient(HttpSource.Settings settings, Timers timers) {
        this.settings = settings;
        this.timers = timers;
    }

    /**
     * To be {@link #release}d after use.
     *
     * @throws IOException if the authorities cannot be read, or the machine has no descriptors left
     */
    synchronized HttpClient acquire() throws IOException {
        HttpClient current = client.isPresent() ? client.get() : create();
        client = Optional.of(current);
        end.ifPresent(Timers.Timer::cancel);
        end = Optional.empty();
        users++;
        return current;
    }

    private HttpClient create() throws IOException {
        HttpClient.Builder builder = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(CONNECT)
                .proxy(new EnvironmentProxy(settings.environment()))
                .executor(pool);
        if (settings.authorities().isPresent())
            builder.sslContext(Authorities.trusting(settings.authorities().get()));
        try {
            return builder.build();
        } catch (UncheckedIOException noDescriptors) {
            throw new IOException(noDescriptors.getMessage(), noDescriptors);
        }
    }

    synchronized void release() {
        users--;
        if (users == 0) end = Optional.of(timers.schedule(KEPT, this::drop));
    }

    private synchronized void drop() {
        if (users == 0) client = Optional.empty();
    }

    @Override
    public void close() {
        synchronized (this) {
            client = Optional.empty();
            end.ifPresent(Timers.Timer::cancel);
        }
        pool.close();
    }
}
