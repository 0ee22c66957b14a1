package io.efka.agent.desired;

import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The log's line for each new state of a document. */
final class DocumentLog {
    private static final Logger LOG = LoggerFactory.getLogger(DocumentLog.class);

    private DocumentLog() {}

    /** One line, if the state or the revision is another one. */
    static void moved(Optional<Document> before, Document next) {
        String was = before.map(one -> one.state().visible()).orElse("new");
        String is = next.state().visible();
        boolean isSame = before.filter(
                        one -> one.accepted().revision() == next.accepted().revision())
                .filter(one -> one.state().getClass().equals(next.state().getClass()))
                .isPresent();
        if (isSame) return;
        LOG.info(
                "document={} revision={} state={}->{}{}",
                next.key(),
                next.accepted().revision(),
                was,
                is,
                next.state().problem().map(problem -> " why=" + problem.code()).orElse(""));
    }
}
