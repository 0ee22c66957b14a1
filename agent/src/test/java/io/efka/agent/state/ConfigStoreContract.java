package io.efka.agent.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.efka.agent.supervision.ConfigStore;
import io.efka.agent.supervision.ConfigStore.Configuration;
import io.efka.agent.supervision.StoreException;
import io.efka.protocol.ServiceId;
import org.junit.jupiter.api.Test;

/** What every store of configurations does. A subclass hands in the store; it is empty. */
abstract class ConfigStoreContract {
    static final ServiceId CAMERA = new ServiceId("camera");
    static final ServiceId LAMP = new ServiceId("lamp");
    static final Configuration FIRST = new Configuration(1, "{\"every_s\":5}");
    static final Configuration SECOND = new Configuration(2, "{\"deep\":{\"of\":[1,\"\u4e2d\",null]},\"n\":1.50}");

    abstract ConfigStore store();

    /** Has the next save fail. */
    abstract void fillTheDisk();

    @Test
    void knowsNothingOfAServiceThatWasNeverTold() {
        assertThat(store().load(CAMERA)).isEqualTo(Configuration.NONE);
    }

    @Test
    void givesBackTheNewestThatWasSaved() throws Exception {
        store().save(CAMERA, FIRST);
        store().save(CAMERA, SECOND);
        assertThat(store().load(CAMERA)).isEqualTo(SECOND);
    }

    @Test
    void keepsServicesApart() throws Exception {
        store().save(CAMERA, FIRST);
        store().save(LAMP, SECOND);
        store().deleteSoon(CAMERA);
        assertThat(store().load(CAMERA)).isEqualTo(Configuration.NONE);
        assertThat(store().load(LAMP)).isEqualTo(SECOND);
    }

    @Test
    void hasNothingAgainstForgettingWhatItDoesNotKnow() throws Exception {
        store().deleteSoon(CAMERA);
        store().save(CAMERA, FIRST);
        assertThat(store().load(CAMERA)).isEqualTo(FIRST);
    }

    @Test
    void theEarlierOneStandsWhenASaveFails() throws Exception {
        store().save(CAMERA, FIRST);
        fillTheDisk();
        assertThatThrownBy(() -> store().save(CAMERA, SECOND)).isInstanceOf(StoreException.class);
        assertThatThrownBy(() -> store().save(LAMP, SECOND)).isInstanceOf(StoreException.class);
        assertThat(store().load(CAMERA)).isEqualTo(FIRST);
        assertThat(store().load(LAMP)).isEqualTo(Configuration.NONE);
    }
}
