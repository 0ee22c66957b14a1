package io.efka.demo;

import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.core.config.Configuration;
import org.apache.activemq.artemis.core.postoffice.Binding;
import org.apache.activemq.artemis.core.protocol.mqtt.MQTTUtil;
import org.apache.activemq.artemis.core.server.BindingQueryResult;
import org.apache.activemq.artemis.core.server.impl.ActiveMQServerImpl;

/**
 * An Artemis server that sends retained messages also to filters that begin with a wildcard, such as {@code #}. Artemis
 * 2.55 finds them by the filter with {@value MQTTUtil#MQTT_RETAIN_ADDRESS_PREFIX} before it; where levels are separated
 * by {@code /}, that prefix and the wildcard are one level, which is then no wildcard.
 */
final class RetainingServer extends ActiveMQServerImpl {
    private static final String PREFIX = MQTTUtil.MQTT_RETAIN_ADDRESS_PREFIX;

    RetainingServer(Configuration configuration) {
        super(configuration);
    }

    @Override
    public BindingQueryResult bindingQuery(SimpleString address, boolean newQualifiedNames) throws Exception {
        BindingQueryResult found = super.bindingQuery(address, newQualifiedNames);
        String text = address.toString();
        if (text.startsWith(PREFIX + "#") || text.startsWith(PREFIX + "+")) {
            String filter = text.substring(PREFIX.length());
            getPostOffice()
                    .getAllBindings()
                    .map(Binding::getUniqueName)
                    .filter(queue -> isRetained(queue.toString(), filter))
                    .forEach(found.getQueueNames()::add);
        }
        return found;
    }

    /** Topics that begin with {@code $} are the broker's own: a wildcard in the first level leaves them out. */
    private static boolean isRetained(String queue, String filter) {
        return queue.startsWith(PREFIX)
                && !queue.startsWith(PREFIX + "$")
                && matches(
                        filter.split("/", -1), queue.substring(PREFIX.length()).split("/", -1));
    }

    private static boolean matches(String[] filter, String[] topic) {
        for (int level = 0; level < filter.length; level++) {
            if (filter[level].equals("#")) return true;
            if (level >= topic.length) return false;
            if (!filter[level].equals("+") && !filter[level].equals(topic[level])) return false;
        }
        return filter.length == topic.length;
    }
}
