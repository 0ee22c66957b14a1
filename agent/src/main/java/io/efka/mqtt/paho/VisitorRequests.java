package io.efka.mqtt.paho;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.efka.mqtt.LinkException;
import io.efka.mqtt.VisitorLink;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttActionListener;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttSubscription;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;

/**
 * What a {@link VisitorLink} asks of one connection while it is up. Whatever is not answered when the connection ends fails
 * then. Thread-safe; the client is used on the link's thread only.
 */
final class VisitorRequests {
    private static final MqttProperties NONE = new MqttProperties();

    private final FreshClient client;
    private final PahoResponses responses;
    private final Executor linkThread;
    private final Consumer<Throwable> lost;

    @GuardedBy("this") private final List<CompletableFuture<?>> open = new ArrayList<>();

    @GuardedBy("this") private String closed = "the link is down";

    private boolean onlyQos0; // confined to the link's thread

    /**
     * @param linkThread the connection's queue: runs tasks in order on the link's thread
     * @param lost called on the link's thread when a request shows that the connection is lost
     */
    VisitorRequests(FreshClient client, PahoResponses responses, Executor linkThread, Consumer<Throwable> lost) {
        this.client = client;
        this.responses = responses;
        this.linkThread = linkThread;
        this.lost = lost;
    }

    /** Requests are sent from now on. On the link's thread. */
    void up(boolean onlyQos0) {
        this.onlyQos0 = onlyQos0;
        synchronized (this) {
            closed = "";
        }
    }

    /** As {@link VisitorLink#subscribe}. */
    CompletableFuture<Map<String, String>> subscribe(List<String> filters, int qos, boolean retained) {
        return ask((request, answered) -> {
            MqttSubscription[] wanted = filters.stream()
                    .map(filter -> Subscriptions.toPaho(filter, onlyQos0 ? 0 : qos, retained))
                    .toArray(MqttSubscription[]::new);
            MqttActionListener listener = answered.then(
                    suback -> request.complete(Subscriptions.refusals(filters, responses.subscription(suback))));
            client.subscribe(wanted, null, listener, NONE);
        });
    }

    /** As {@link VisitorLink#unsubscribe}. */
    CompletableFuture<Void> unsubscribe(List<String> filters) {
        return ask((request, answered) -> client.unsubscribe(
                filters.toArray(String[]::new), null, answered.then(unsuback -> request.complete(null)), NONE));
    }

    private interface Call<T> {
        void send(CompletableFuture<T> request, Answers answers) throws MqttException;
    }

    private interface Answers {
        MqttActionListener then(Consumer<IMqttToken> then);
    }

    private <T> CompletableFuture<T> ask(Call<T> call) {
        var request = new CompletableFuture<T>();
        synchronized (this) {
            if (!closed.isEmpty()) return CompletableFuture.failedFuture(new LinkException(closed));
            open.add(request);
        }
        linkThread.execute(() -> {
            if (request.isDone()) return;
            try {
                call.send(request, then -> listener(request, then));
            } catch (MqttException e) {
                lost.accept(e);
            }
        });
        return request;
    }

    private MqttActionListener listener(CompletableFuture<?> request, Consumer<IMqttToken> then) {
        return new MqttActionListener() {
            @Override
            public void onSuccess(IMqttToken token) {
                linkThread.execute(() -> {
                    forget(request);
                    then.accept(token);
                });
            }

            @Override
            public void onFailure(IMqttToken token, Throwable problem) {
                linkThread.execute(() -> lost.accept(problem));
            }
        };
    }

    private synchronized void forget(CompletableFuture<?> request) {
        open.removeIf(one -> one == request);
    }

    /** Fails what is open, and all that is asked from now on. On the link's thread. */
    void end(String why) {
        List<CompletableFuture<?>> left;
        synchronized (this) {
            closed = why;
            left = List.copyOf(open);
            open.clear();
        }
        left.forEach(request -> request.completeExceptionally(new LinkException(why)));
    }
}
