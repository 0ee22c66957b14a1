package io.efka.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.efka.fixtures.Await;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code docker/mosquitto/mosquitto.conf} where a reader puts it, with the real Mosquitto. */
class MosquittoConfIT {
    private static final Duration SOON = Duration.ofSeconds(10);

    @TempDir
    private Path folder;

    private final int port = Brokers.freePort();
    private Path log;

    @BeforeEach
    void need() {
        assumeTrue(Brokers.hasMosquitto(), "no mosquitto on the PATH");
        log = folder.resolve("log");
    }

    /** The file of Debian's package, with other folders; our file is the one in conf.d. */
    private Path asOnDebian() throws IOException {
        Path conf = Files.createDirectory(folder.resolve("conf.d"));
        Files.writeString(conf.resolve("efka.conf"), shipped());
        String user = System.getProperty("user.name").equals("root") ? "user root\n" : "";
        return Files.writeString(
                folder.resolve("main.conf"),
                user + "pid_file " + folder + "/pid\n\npersistence true\npersistence_location " + folder + "/\n\n"
                        + "log_dest file " + folder + "/debian.log\n\ninclude_dir " + conf + "\n");
    }

    private Path alone() throws IOException {
        return Files.writeString(folder.resolve("efka.conf"), shipped());
    }

    /** With a port that is free; nothing else is changed. */
    private String shipped() {
        return MosquittoConf.shipped("mosquitto.conf").text().replace("listener 1883 ", "listener " + port + " ");
    }

    private Process start(Path conf) throws IOException {
        Process broker = new ProcessBuilder("mosquitto", "-c", conf.toString())
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        Await.until(() -> "mosquitto listens on " + port + ": " + read(log), SOON, () -> listensOn("127.0.0.1"));
        return broker;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }

    private boolean listensOn(String address) {
        try (var socket = new Socket(address, port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void inDebiansConfDItKeepsRetainedMessagesOverARestart() throws Exception {
        keepsRetainedMessages(asOnDebian());
        assertThat(folder.resolve("mosquitto.db")).exists();
    }

    @Test
    void aloneItKeepsThemInTheCurrentFolder() throws Exception {
        Path conf = alone();
        // Root's Mosquitto becomes another user, who may not write here.
        if (System.getProperty("user.name").equals("root")) {
            Files.writeString(conf, Files.readString(conf) + "user root\n");
        }
        keepsRetainedMessages(conf);
    }

    private void keepsRetainedMessages(Path conf) throws Exception {
        Process first = start(conf);
        try (var watcher = new Watcher("tcp://127.0.0.1:" + port)) {
            watcher.publish("kept", "yes".getBytes(StandardCharsets.UTF_8), true, new MqttProperties());
        }
        first.destroy();
        first.waitFor();
        Process second = start(conf);
        try (var watcher = new Watcher("tcp://127.0.0.1:" + port, "kept")) {
            assertThat(watcher.await("the retained message", m -> true).text()).isEqualTo("yes");
        } finally {
            second.destroy();
            second.waitFor();
        }
    }

    @Test
    void nobodyOutsideThisMachineReachesIt() throws Exception {
        Optional<String> outside = outsideAddress();
        assumeTrue(outside.isPresent(), "this machine has no address but loopback");
        Process broker = start(asOnDebian());
        try {
            assertThat(listensOn(outside.get())).isFalse();
        } finally {
            broker.destroy();
            broker.waitFor();
        }
    }

    private static Optional<String> outsideAddress() throws IOException {
        return NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .filter(Inet4Address.class::isInstance)
                .filter(address -> !address.isLoopbackAddress())
                .map(InetAddress::getHostAddress)
                .findFirst();
    }

    /** Every option of the other files that is about the broker's work, not about who may reach it, is the same. */
    @Test
    void theOtherFilesHaveTheSameSettings() {
        List<String> common = MosquittoConf.shipped("mosquitto.conf").lines().stream()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .filter(line -> !line.startsWith("listener ") && !line.startsWith("allow_anonymous "))
                .toList();
        assertThat(MosquittoConf.shipped("compose.conf").lines()).containsAll(common);
        assertThat(MosquittoConf.shipped("accounts.conf").lines()).containsAll(common);
    }
}
