package io.efka.fleet.rollout;

import io.efka.fleet.desired.DesiredDocuments;
import io.efka.fleet.desired.DocumentId;
import io.efka.fleet.session.FleetException;
import io.efka.fleet.session.FleetSession;
import io.efka.protocol.Topics.GroupId;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** The desired documents of groups. Confined to the command's thread. */
final class GroupDocuments {
    private final DesiredDocuments documents;

    GroupDocuments(FleetSession session) {
        this.documents = new DesiredDocuments(session);
    }

    /** Whose document it is, and its name. */
    record DocumentName(GroupId group, String name) implements Comparable<DocumentName> {
        @Override
        public int compareTo(DocumentName other) {
            int order = name.compareTo(other.name);
            return order != 0 ? order : group.value().compareTo(other.group.value());
        }

        private DocumentId id() {
            return new DocumentId(Optional.of(group), "", name);
        }
    }

    /**
     * The documents as they are now.
     *
     * @param group empty: of any
     * @param name empty: any
     */
    SortedMap<DocumentName, byte[]> read(Optional<GroupId> group, Optional<String> name)
            throws FleetException, InterruptedException {
        var found = new TreeMap<DocumentName, byte[]>();
        documents
                .ofGroups(group, name)
                .forEach((id, payload) ->
                        id.group().ifPresent(one -> found.put(new DocumentName(one, id.name()), payload)));
        return found;
    }

    /** From now on {@link #present} tells of each change. */
    void follow(DocumentName name) throws FleetException, InterruptedException {
        documents.follow(name.id());
    }

    /** As it came last, of one that is followed; empty if there is none. */
    byte[] present(DocumentName name) {
        return documents.present(name.id()).orElse(new byte[0]);
    }
}
