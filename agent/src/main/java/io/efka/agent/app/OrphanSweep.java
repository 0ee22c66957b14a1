package io.efka.agent.app;

import io.efka.agent.channel.ServiceChannels;
import io.efka.agent.output.Output;
import io.efka.agent.process.ProcessLauncher;
import io.efka.agent.state.StoredServices;
import io.efka.agent.supervision.Supervisors;
import io.efka.protocol.Names;
import io.efka.protocol.ServiceId;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes at agent start what belongs to no service because an agent was killed while it removed one: a later service
 * with that id must not find it. Only what is named as the agent names it, and only in folders that are the agent's own.
 *
 * @param logs whether the folder of the output is the agent's own; another one may be shared with other agents
 */
record OrphanSweep(
        StoredServices store, Output output, boolean logs, ServiceChannels channels, ProcessLauncher launcher) {
    private static final Logger LOG = LoggerFactory.getLogger(OrphanSweep.class);

    /** Every service there is, also one whose record cannot be read. */
    Set<ServiceId> installed(List<Supervisors.Found> found) {
        var installed = new HashSet<ServiceId>();
        found.forEach(one -> installed.add(one.record().id()));
        store.recorded().stream().filter(Names::isLegal).map(ServiceId::new).forEach(installed::add);
        return installed;
    }

    /**
     * Finishes removals of which nothing but files is left, then deletes what else belongs to nobody.
     *
     * @param isStateWhole otherwise the records of services may be missing, and nothing is deleted but what certainly was
     *     being removed
     */
    void sweep(Set<ServiceId> installed, boolean isStateWhole) {
        for (ServiceId id : store.removals()) {
            if (!installed.contains(id)) finish(id);
        }
        if (!isStateWhole) {
            LOG.warn(
                    "a part of the state was lost, and files set aside are still there: what belongs to no service stays");
            return;
        }
        if (logs) output.forgetAllBut(installed);
        channels.forgetAllBut(installed);
        launcher.forgetAllBut(installed);
    }

    private void finish(ServiceId id) {
        boolean isGone = output.files().forget(id);
        channels.removed(id);
        launcher.forget(id);
        if (isGone) store.endRemoval(id);
        LOG.info("service={} its removal was cut off and is finished", id);
    }
}
