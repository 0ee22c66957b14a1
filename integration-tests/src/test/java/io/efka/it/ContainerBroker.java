package io.efka.it;

import java.nio.file.Path;
import java.util.List;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.images.builder.Transferable;
import org.testcontainers.utility.DockerImageName;

/** Mosquitto in a container, on a port that stays the same when it is started again. */
final class ContainerBroker implements TestBroker {
    private static final String CLONE =
            Path.of("..").toAbsolutePath().normalize().toString();
    private static final String CONF = "/mosquitto/config/mosquitto.conf";

    private final int port = Brokers.freePort();
    private final GenericContainer<?> container;

    @SuppressWarnings("resource")
    ContainerBroker() {
        container = new GenericContainer<>(DockerImageName.parse("eclipse-mosquitto:2"))
                .withLabel("io.efka.test", CLONE) // .ci/run removes what a killed run has left
                .withExposedPorts(1883)
                .withCopyToContainer(
                        Transferable.of(
                                MosquittoConf.shipped("compose.conf")
                                        .savedAtOnce()
                                        .text(),
                                0644),
                        CONF)
                .withCommand("mosquitto", "-c", CONF)
                .waitingFor(Wait.forListeningPort());
        // A port of Docker's choice would be another one after a restart.
        container.setPortBindings(List.of("127.0.0.1:" + port + ":1883"));
    }

    @Override
    public void start() {
        if (container.getContainerId() == null) container.start();
        else
            container
                    .getDockerClient()
                    .startContainerCmd(container.getContainerId())
                    .exec();
        Handshake.awaitOn(port);
    }

    @Override
    public void kill() {
        container.getDockerClient().killContainerCmd(container.getContainerId()).exec();
    }

    @Override
    public void startEmpty() {
        container.stop();
        container.start();
        Handshake.awaitOn(port);
    }

    @Override
    public void pause() {
        container
                .getDockerClient()
                .pauseContainerCmd(container.getContainerId())
                .exec();
    }

    @Override
    public void resume() {
        container
                .getDockerClient()
                .unpauseContainerCmd(container.getContainerId())
                .exec();
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public String describe() {
        return "eclipse-mosquitto:2 in a container, port " + port;
    }

    @Override
    public void close() {
        container.stop();
    }
}
