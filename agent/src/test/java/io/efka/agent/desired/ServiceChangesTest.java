package io.efka.agent.desired;

import static io.efka.agent.desired.Samples.ALL;
import static io.efka.agent.desired.Samples.CAM;
import static io.efka.agent.desired.Samples.NOW;
import static io.efka.agent.desired.Samples.accepted;
import static io.efka.agent.desired.Samples.services;
import static org.assertj.core.api.Assertions.assertThat;

import io.efka.agent.desired.ServiceFacts.DeployFacts;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** How a change of a service finds what an earlier agent or an earlier revision has left. */
final class ServiceChangesTest {
    /** Of revision 1 in round 1 of the document. */
    private static final String ID = "desired/group/all/base/1.1-"
            + accepted(1, services("2", CAM)).digest().hex().substring(0, 8);

    private final FakeDevice device = new FakeDevice();
    private final ServiceChanges changes = new ServiceChanges(device, device, Runnable::run, Runnable::run);
    private final List<Optional<Problem>> told = new ArrayList<>();
    private final Document document =
            Samples.document(ALL, accepted(1, services("2", CAM)), new DocumentState.Done(NOW));

    private static DeployFacts deploy(String id, String state, boolean isOver, Optional<String> code) {
        return new DeployFacts(Optional.of(id), state, isOver, code, code.map(any -> "it crashed"));
    }

    private void apply() {
        changes.apply(document, CAM, told::add);
    }

    @Test
    void aDeployThatWasBegunIsNotBegunAgain() {
        device.with(CAM).start(CAM);
        device.deploying(CAM, deploy(ID, "watching", false, Optional.empty()));
        apply();
        assertThat(told).as("it is watched").isEmpty();
        device.deploying(CAM, deploy(ID, "committed", true, Optional.empty()));
        changes.changed(CAM);
        assertThat(told).containsExactly(Optional.empty());
        assertThat(device.commands).isEmpty();
    }

    @Test
    void aDeployThatEndedWhileNoAgentWasThereHasFailedAllTheSame() {
        device.with(CAM).start(CAM);
        device.deploying(CAM, deploy(ID, "rolled_back", true, Optional.of("unhealthy")));
        apply();
        assertThat(told).containsExactly(Optional.of(new Problem("unhealthy", "it crashed")));
    }

    @Test
    void aDeployOfAnEarlierRevisionIsCancelledFirst() {
        device.with(CAM).start(CAM);
        device.deploying(CAM, deploy("desired/group/all/base/0.1", "downloading", false, Optional.empty()));
        apply();
        assertThat(device.commands).startsWith("cancel cam desired/group/all/base/0.1", "deploy cam 2");
    }

    @Test
    void anOperatorsDeployIsNotCancelled() {
        device.with(CAM).start(CAM);
        device.deploying(CAM, deploy("op-1", "downloading", false, Optional.empty()));
        apply();
        assertThat(device.commands).containsExactly("deploy cam 2");
    }

    @Test
    void aNewerChangeWaitsUntilTheOlderOneHasGivenUp() {
        device.with(CAM).start(CAM);
        device.hold();
        apply();
        changes.restore(document, CAM, Samples.before("1"), told::add);
        assertThat(device.commands).containsExactly("deploy cam 2");
        device.letGo();
        assertThat(device.commands).containsExactly("deploy cam 2", "rollback cam 1");
        assertThat(device.release(CAM)).contains("1");
        assertThat(told).hasSize(2).last().isEqualTo(Optional.empty());
    }

    @Test
    void aDeployThatWaitedForAnOperatorsIsCancelledWhenItBeginsAfterItWasGivenUp() {
        device.with(CAM).start(CAM);
        device.deploying(CAM, deploy("op-1", "watching", false, Optional.empty()));
        device.hold();
        apply();
        changes.restore(document, CAM, Samples.before("1"), told::add);
        changes.changed(CAM);
        assertThat(device.commands).as("the operator's is left alone").containsExactly("deploy cam 2");
        device.deploying(CAM, deploy(ID, "downloading", false, Optional.empty()));
        changes.changed(CAM);
        assertThat(device.commands).containsExactly("deploy cam 2", "cancel cam " + ID);
        device.letGo();
        assertThat(told).hasSize(2).last().isEqualTo(Optional.empty());
    }

    @Test
    void aChangeThatWaitsForItsDeployGivesUpAndCancelsIt() {
        device.with(CAM).start(CAM);
        device.deploying(CAM, deploy(ID, "watching", false, Optional.empty()));
        apply();
        changes.restore(document, CAM, Before.NOTHING, told::add);
        assertThat(device.commands).startsWith("cancel cam " + ID).endsWith("remove cam");
        assertThat(device.installed()).isEmpty();
    }
}
