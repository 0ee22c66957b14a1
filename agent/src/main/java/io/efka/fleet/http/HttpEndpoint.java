package io.efka.fleet.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Answers GET and HEAD. A few threads of its own do; a connection that is slow is closed after a while, so those that hang
 * delay other clients and nothing else.
 */
public final class HttpEndpoint implements AutoCloseable {
    private static final int THREADS = 8;
    private static final int MAX_WAITING = 64;

    /** What the JDK's server reads once, at its first use: seconds for a request to come, and for its answer to go. */
    private static final String REQUEST_LIMIT = "sun.net.httpserver.maxReqTime";

    private static final String RESPONSE_LIMIT = "sun.net.httpserver.maxRspTime";

    private final HttpServer server;
    private final ThreadPoolExecutor threads;
    private final Answerer answerer;

    /** Answers a request, on a thread of the server's. */
    public interface Answerer {
        /** @throws IOException if the client is gone */
        void answer(HttpRequest request) throws IOException;
    }

    /**
     * Listens from now on.
     *
     * @param threadName what its threads are called, before their numbers
     * @throws IOException if it cannot, as when the port is in use
     */
    public HttpEndpoint(InetSocketAddress address, String threadName, Answerer answerer) throws IOException {
        limit(REQUEST_LIMIT, 10);
        limit(RESPONSE_LIMIT, 30);
        this.answerer = answerer;
        this.server = HttpServer.create(address, MAX_WAITING);
        var number = new AtomicInteger();
        this.threads = new ThreadPoolExecutor(
                THREADS,
                THREADS,
                30,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(MAX_WAITING),
                task -> {
                    var thread = new Thread(task, threadName + "-" + number.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                },
                // The connection is closed when its limit is over.
                new ThreadPoolExecutor.DiscardPolicy());
        threads.allowCoreThreadTimeOut(true);
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    private static void limit(String property, int seconds) {
        if (System.getProperty(property) == null) System.setProperty(property, Integer.toString(seconds));
    }

    /** Where it listens. */
    public InetSocketAddress address() {
        return server.getAddress();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            var request = new HttpRequest(exchange);
            if (request.isHead() || exchange.getRequestMethod().equals("GET")) {
                answerer.answer(request);
            } else {
                request.header("Allow", "GET, HEAD");
                request.say(405, "only GET and HEAD");
            }
        }
    }

    /** Ends at once; whoever is being answered is cut off. */
    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
