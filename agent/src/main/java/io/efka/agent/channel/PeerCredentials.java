package io.efka.agent.channel;

import io.efka.protocol.manifest.Manifest;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.FileSystems;
import java.nio.file.attribute.UserPrincipal;
import java.util.Optional;
import jdk.net.ExtendedSocketOptions;

/** Who is at the other end of a socket, as the kernel says, and whom a service runs as. Thread-safe. */
final class PeerCredentials {
    private final UserPrincipal agent;
    private final Optional<UserPrincipal> root;

    /** @param agent the user that the agent runs as */
    PeerCredentials(UserPrincipal agent) {
        this.agent = agent;
        root = lookUp("root");
    }

    /** Whether the peer is root or the user as whom the service runs. */
    boolean isAllowed(SocketChannel socket, Manifest manifest) {
        try {
            UserPrincipal peer =
                    socket.getOption(ExtendedSocketOptions.SO_PEERCRED).user();
            return root.equals(Optional.of(peer)) || userOf(manifest).equals(Optional.of(peer));
        } catch (IOException gone) {
            return false;
        }
    }

    private Optional<UserPrincipal> userOf(Manifest manifest) {
        Optional<String> user = manifest.program().user();
        if (user.isEmpty()) return Optional.of(agent);
        return lookUp(user.get());
    }

    private static Optional<UserPrincipal> lookUp(String name) {
        try {
            return Optional.of(
                    FileSystems.getDefault().getUserPrincipalLookupService().lookupPrincipalByName(name));
        } catch (IOException unknown) {
            return Optional.empty();
        }
    }
}
