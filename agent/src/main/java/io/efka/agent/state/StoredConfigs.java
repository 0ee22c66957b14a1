package io.efka.agent.state;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.efka.agent.supervision.ConfigStore;
import io.efka.agent.supervision.ConfigStore.Configuration;
import io.efka.agent.supervision.StoreException;
import io.efka.protocol.ServiceId;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The services' configurations in the state store, as JSON documents by service id; read once. */
public final class StoredConfigs implements ConfigStore {
    private static final Logger LOG = LoggerFactory.getLogger(StoredConfigs.class);
    static final String MAP = "configs";

    private final StateStore state;
    private final Map<String, Configuration> known = new ConcurrentHashMap<>();

    public StoredConfigs(StateStore state) {
        this.state = state;
        state.documents(MAP).forEach((service, document) -> {
            try {
                known.put(service, decode(document));
            } catch (RuntimeException e) { // whatever is wrong with it: one document must not cost the others
                LOG.warn("service={} has no readable configuration and begins without: {}", service, e.getMessage());
            }
        });
    }

    private static Configuration decode(String document) {
        JsonObject json = JsonParser.parseString(document).getAsJsonObject();
        if (json.get("v").getAsInt() != 1) throw new IllegalArgumentException("its version is not 1");
        return new Configuration(
                json.get("version").getAsLong(), json.getAsJsonObject("config").toString());
    }

    private static String encode(Configuration configuration) {
        var json = new JsonObject();
        json.addProperty("v", 1);
        json.addProperty("version", configuration.version());
        json.add("config", JsonParser.parseString(configuration.json()));
        return json.toString();
    }

    @Override
    public Configuration load(ServiceId service) {
        return known.getOrDefault(service.value(), Configuration.NONE);
    }

    @Override
    public void save(ServiceId service, Configuration configuration) throws StoreException {
        state.commit(List.of(Change.put(MAP, service.value(), encode(configuration))));
        known.put(service.value(), configuration);
    }

    @Override
    public void deleteSoon(ServiceId service) {
        known.remove(service.value());
        state.commitSoon(List.of(Change.remove(MAP, service.value())));
    }
}
