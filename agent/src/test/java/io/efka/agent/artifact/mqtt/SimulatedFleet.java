package io.efka.agent.artifact.mqtt;

import io.efka.mqtt.LinkException;
import io.efka.mqtt.Message;
import io.efka.mqtt.MqttLink;
import io.efka.protocol.DeviceId;
import io.efka.protocol.Sha256;
import io.efka.protocol.Topics.GroupId;
import io.efka.protocol.artifact.Answer;
import io.efka.protocol.artifact.ArtifactInfo;
import io.efka.protocol.artifact.ArtifactTopics;
import io.efka.protocol.artifact.PieceHashes;
import io.efka.protocol.artifact.Wish;
import io.efka.transfer.ArtifactSender;
import io.efka.transfer.Pace;
import io.efka.transfer.SenderId;
import io.efka.transfer.ServedArtifact;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Devices and publishers of one artifact at a broker that loses, repeats and reorders messages, in simulated time. */
final class SimulatedFleet {
    static final int CHUNK = 1024;

    final Random chance;
    final byte[] content;
    final List<Device> devices = new ArrayList<>();
    final List<Publisher> publishers = new ArrayList<>();
    final List<Wish> wishes = new ArrayList<>();

    /** Parts of the messages, from 0 to 1. */
    double lost;

    double repeated;
    double delayed;
    double corrupted;

    /** These reach nobody. */
    Predicate<Message> dropped = message -> false;

    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private final Path file;
    private final ArtifactInfo info;
    private final PieceHashes hashes;
    private final ArtifactTopics topics;
    private Optional<Message> retained = Optional.empty();
    private long order;
    long now;

    private record Event(long at, long order, Runnable task) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            return at != other.at ? Long.compare(at, other.at) : Long.compare(order, other.order);
        }
    }

    SimulatedFleet(Path folder, long seed, int chunks) throws IOException {
        chance = new Random(seed);
        content = new byte[chunks * CHUNK - chance.nextInt(CHUNK)];
        chance.nextBytes(content);
        file = folder.resolve("artifact-" + seed);
        Files.write(file, content);
        hashes = PieceHashes.read(new ByteArrayInputStream(content), content.length, CHUNK, Sha256.newDigest());
        info = new ArtifactInfo("artifact", content.length, CHUNK, hashes.digest());
        topics = new ArtifactTopics("efka", GroupId.ALL, Sha256.of(content));
    }

    void at(Duration delay, Runnable task) {
        events.add(new Event(now + delay.toNanos(), order++, task));
    }

    /** Runs until all devices have everything, or the time is over. */
    boolean runUntilComplete(Duration limit) {
        long end = now + limit.toNanos();
        while (!devices.stream().allMatch(Device::isComplete)) {
            Event next = events.poll();
            if (next == null || next.at > end) return false;
            now = next.at;
            next.task.run();
        }
        return true;
    }

    void run(Duration time) {
        long end = now + time.toNanos();
        while (!events.isEmpty() && events.peek().at <= end) {
            Event next = events.poll();
            now = next.at;
            next.task.run();
        }
        now = end;
    }

    Device device(String name) {
        var device = new Device(name);
        devices.add(device);
        device.start();
        return device;
    }

    Publisher publisher(String name, boolean isPeer) {
        var publisher = new Publisher(name, isPeer);
        publishers.add(publisher);
        return publisher;
    }

    long sent() {
        return publishers.stream().mapToLong(each -> each.sender.sentBytes()).sum();
    }

    /** The broker passes a message on to all, each by its own way. */
    private void publish(Message message) {
        if (message.retain()) retained = Optional.of(message);
        if (dropped.test(message)) return;
        devices.forEach(device -> deliver(message, device.line, device::received));
        publishers.forEach(publisher -> deliver(message, publisher.line, publisher::received));
    }

    private void deliver(Message message, Line line, Consumer<Message> to) {
        if (chance.nextDouble() < lost) return;
        int times = chance.nextDouble() < repeated ? 2 : 1;
        for (int i = 0; i < times; i++) {
            Message arriving = chance.nextDouble() < corrupted ? corrupt(message) : message;
            long extra = chance.nextDouble() < delayed
                    ? chance.nextLong(Duration.ofSeconds(2).toNanos())
                    : 0;
            at(Duration.ofNanos(line.next(message.payload().length) + extra), () -> to.accept(arriving));
        }
    }

    private Message corrupt(Message message) {
        byte[] bytes = message.payload().clone();
        if (bytes.length > 0) bytes[chance.nextInt(bytes.length)] ^= 1;
        return new Message(message.topic(), bytes, message.qos(), message.retain(), message.properties());
    }

    /** In order, with a delay, and no faster than its rate. */
    private final class Line {
        private final long bytesPerSecond;
        private long freeAt;

        Line(long bytesPerSecond) {
            this.bytesPerSecond = bytesPerSecond;
        }

        long next(int bytes) {
            long latency = Duration.ofMillis(5).toNanos() + chance.nextInt(10_000_000);
            long begin = Math.max(now + latency, freeAt);
            freeAt = begin + bytes * 1_000_000_000L / bytesPerSecond;
            return freeAt - now;
        }
    }

    final class Device {
        final String name;
        Line line = new Line(100_000_000);
        byte[] disk = new byte[content.length];
        BitSet have = new BitSet();
        Optional<PieceHashes> known = Optional.empty();
        private ChunkTransfer transfer;
        private int life;
        int bad;

        Device(String name) {
            this.name = name;
            this.transfer = fresh();
        }

        private ChunkTransfer fresh() {
            return new ChunkTransfer(new DeviceId(name), content.length, chance, now);
        }

        void slow(long bytesPerSecond) {
            line = new Line(bytesPerSecond);
        }

        void start() {
            transfer = fresh();
            known.ifPresent(list -> transfer.resume(info, list, have, now));
            retained.ifPresent(message -> at(Duration.ofMillis(10), () -> received(message)));
            schedule();
        }

        /** Forgets everything that is not on the disk. */
        void restart() {
            life++;
            start();
        }

        Optional<String> problem() {
            return transfer.problem(now);
        }

        boolean isComplete() {
            return have.cardinality() == info.chunks() && Arrays.equals(disk, content);
        }

        private void schedule() {
            int mine = life;
            at(Duration.ofNanos(Math.max(1, transfer.untilDue(now))), () -> {
                if (mine == life) poll();
            });
        }

        private void poll() {
            Optional<Wish> wish = transfer.due(now);
            if (wish.isPresent()) {
                wishes.add(wish.get());
                publish(message(topics.want(), wish.get().json()));
            }
            if (!transfer.isComplete() && transfer.problem(now).isEmpty()) schedule();
        }

        void received(Message message) {
            ArtifactTopics.Parsed topic =
                    ArtifactTopics.parse("efka", message.topic()).orElseThrow();
            try {
                switch (topic.kind()) {
                    case INFO -> transfer.offered(ArtifactInfo.parse(message.payload()), now);
                    case PIECES -> {
                        int first = Integer.parseInt(
                                message.properties().user().get(0).value());
                        if (transfer.hashes(first, message.payload(), now)) known = transfer.hashes();
                    }
                    case WANT -> transfer.heard(Wish.parse(message.payload()), now);
                    case CHUNK -> chunk(Integer.parseInt(topic.detail()), message.payload());
                    case HAVE, ANSWER -> {}
                }
            } catch (IllegalArgumentException corrupt) {
                // what the device does too
            }
            if (!transfer.isComplete()) schedule();
        }

        private void chunk(int number, byte[] bytes) {
            switch (transfer.chunk(number, bytes, now)) {
                case STORE -> {
                    System.arraycopy(bytes, 0, disk, number * CHUNK, bytes.length);
                    have.set(number);
                    transfer.stored(number, now);
                }
                case BAD -> bad++;
                case IGNORE -> {}
            }
        }
    }

    /** Sends what is asked for; its link takes everything. */
    final class Publisher implements MqttLink {
        final Line line = new Line(100_000_000);
        final String name;
        final ArtifactSender sender;
        private int usual = CHUNK;
        private boolean isUp = true;
        private boolean isScheduled;

        Publisher(String name, boolean isPeer) {
            this.name = name;
            this.sender = new ArtifactSender(
                    new SenderId(name, isPeer), this::cut, this, new Pace(1 << 20, now), () -> {}, chance, now);
        }

        /** Its broker takes larger packets than the others': unless it is asked, it cuts larger chunks. */
        Publisher cutting(int chunk) {
            usual = chunk;
            return this;
        }

        private ServedArtifact cut(OptionalInt asked) throws IOException {
            int chunk = asked.orElse(usual);
            PieceHashes pieces =
                    PieceHashes.read(new ByteArrayInputStream(content), content.length, chunk, Sha256.newDigest());
            var cut = new ArtifactInfo("artifact", content.length, chunk, pieces.digest());
            return new ServedArtifact(file, topics, cut, pieces);
        }

        void offer() throws IOException {
            sender.offer(now);
            pump();
        }

        void leave() {
            isUp = false;
        }

        void received(Message message) {
            if (!isUp) return;
            ArtifactTopics.Parsed topic =
                    ArtifactTopics.parse("efka", message.topic()).orElseThrow();
            try {
                switch (topic.kind()) {
                    case WANT -> sender.wished(Wish.parse(message.payload()), now);
                    case ANSWER -> sender.answered(Answer.parse(message.payload()), now);
                    case INFO, PIECES, CHUNK, HAVE -> {}
                }
            } catch (IllegalArgumentException corrupt) {
                // what a publisher does too
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            pump();
        }

        private void pump() {
            try {
                long wait = sender.pump(now);
                if (wait == Long.MAX_VALUE || isScheduled) return;
                isScheduled = true;
                at(Duration.ofNanos(wait), () -> {
                    isScheduled = false;
                    pump();
                });
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public CompletableFuture<Void> publish(Message message, Lane lane) {
            var done = new CompletableFuture<Void>();
            at(Duration.ofMillis(2), () -> {
                if (isUp) {
                    SimulatedFleet.this.publish(message);
                    done.complete(null);
                } else {
                    done.completeExceptionally(new LinkException("gone"));
                }
                pump();
            });
            return done;
        }

        @Override
        public boolean isUp() {
            return isUp;
        }

        @Override
        public void open(Supplier<Message> will, List<Subscription> subscriptions, Listener listener) {}

        @Override
        public void visit(List<Subscription> subscriptions, Listener listener) {}

        @Override
        public void holdOff(Duration pause) {}

        @Override
        public void close() {}
    }

    static Message message(String topic, byte[] payload) {
        return new Message(topic, payload, 1, false, Message.Properties.JSON);
    }
}
