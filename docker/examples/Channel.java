import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Scanner;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A service that talks to its agent: data, calls, a configuration and a graceful end. Run it: java Channel.java */
final class Channel {
    private static final Pattern ID = Pattern.compile("\"id\":\"([^\"]*)\"");

    private final SocketChannel socket;

    private Channel(SocketChannel socket) {
        this.socket = socket;
    }

    /** One that is started again is found at the same place, and knows the same token. */
    public static void main(String[] args) throws InterruptedException {
        while (true) {
            try (var socket = SocketChannel.open(UnixDomainSocketAddress.of(System.getenv("EFKA_CHANNEL")))) {
                new Channel(socket).serve();
            } catch (IOException agentIsAway) {
                // it will be back
            }
            Thread.sleep(1000);
        }
    }

    private void serve() throws IOException {
        say("{'type':'attach','service':'" + System.getenv("EFKA_SERVICE") + "','token':'" + System.getenv("EFKA_TOKEN")
                + "'}");
        var lines = new Scanner(Channels.newReader(socket, StandardCharsets.UTF_8));
        while (lines.hasNextLine()) hear(lines.nextLine());
    }

    private void hear(String line) throws IOException {
        Matcher id = ID.matcher(line);
        if (line.contains("\"type\":\"attached\"")) {
            say("{'type':'ready'}");
            new Thread(this::measure).start();
        } else if (line.contains("\"type\":\"stop\"")) {
            System.exit(0);
        } else if (id.find()) {
            say("{'type':'result','id':'" + id.group(1) + "','value':" + Runtime.version().feature() + "}");
        }
    }

    private void measure() {
        try {
            while (socket.isOpen()) {
                long used = Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
                say("{'type':'alive'}");
                say("{'type':'data','name':'heap','value':" + used + ",'retain':true}");
                Thread.sleep(1000);
            }
        } catch (IOException | InterruptedException over) {
            // the next channel has a thread of its own
        }
    }

    private synchronized void say(String line) throws IOException {
        var bytes = StandardCharsets.UTF_8.encode(line.replace('\'', '"') + "\n");
        while (bytes.hasRemaining()) socket.write(bytes);
    }
}
