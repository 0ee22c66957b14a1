package io.efka.fleet.rollout;

import io.efka.fleet.desired.DesiredDocuments;
import io.efka.fleet.session.FleetException;
import io.efka.fleet.session.FleetSession;
import io.efka.protocol.Topics.GroupId;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Reads desired documents of groups. Confined to the command's thread. */
final class GroupDocuments {
    private final FleetSession session;

    GroupDocuments(FleetSession session) {
        this.session = session;
    }

    /** Whose document it is, and its name. */
    record DocumentName(GroupId group, String name) implements Comparable<DocumentName> {
        @Override
        public int compareTo(DocumentName other) {
            int order = name.compareTo(other.name);
            return order != 0 ? order : group.value().compareTo(other.group.value());
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
        new DesiredDocuments(session)
                .ofGroups(group, name)
                .forEach((id, payload) ->
                        id.group().ifPresent(one -> found.put(new DocumentName(one, id.name()), payload)));
        return found;
    }
}
