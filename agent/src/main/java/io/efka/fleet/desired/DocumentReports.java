package io.efka.fleet.desired;

import io.efka.fleet.session.FleetException;
import io.efka.fleet.session.FleetSession;
import io.efka.fleet.session.RetainedMessages;
import io.efka.fleet.view.Document;
import io.efka.protocol.FleetTopics;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** What devices report of documents. Confined to the command's thread. */
public final class DocumentReports {
    private final FleetTopics topics;
    private final RetainedMessages messages;
    private final Set<String> read = new HashSet<>();

    public DocumentReports(FleetSession session) {
        this.topics = new FleetTopics(session.prefix());
        this.messages = new RetainedMessages(session);
    }

    /** Hears of changes from now on. */
    public void watch(DocumentId id) throws FleetException, InterruptedException {
        Optional<String> device = id.target().singleDevice();
        String topic = id.reportTopic(topics, device.orElse(FleetTopics.ANY));
        // Reading it once more would end the subscription.
        if (device.isPresent() && read.add(topic)) messages.follow(List.of(topic));
        else messages.watch(List.of(topic));
    }

    /** Reads what these devices report of the document, each once. */
    public void read(DocumentId id, Collection<String> devices) throws FleetException, InterruptedException {
        var wanted = new ArrayList<String>();
        for (String device : devices) {
            String topic = id.reportTopic(topics, device);
            if (read.add(topic)) wanted.add(topic);
        }
        if (!wanted.isEmpty()) messages.read(wanted);
    }

    /** What the device says of this document; empty if it says nothing. */
    public Optional<Document> of(String device, DocumentId id) {
        return Optional.ofNullable(messages.payloads().get(id.reportTopic(topics, device)))
                .flatMap(Document::parse)
                .flatMap(report -> of(report, id.source()));
    }

    /** The part of a report that is about the document of this source: {@code group/all}. */
    public static Optional<Document> of(Document report, String source) {
        Stream<Document> all = Stream.concat(Stream.of(report), report.objects("others").stream());
        return all.filter(one -> one.text("source").filter(source::equals).isPresent())
                .findFirst();
    }
}
