// SPDX-License-Identifier: MIT
#include "behaviour/nothing_lost.h"

#include <QTest>

/// The stories of nothing_lost.h at the size that the product promises.
class TestSoakNothingLost : public QObject {
    Q_OBJECT

  private Q_SLOTS:

    void whileTheConfigurationIsReloaded() { reverxy::test::reloadUnderLoad(200'000); }

    void whileABackendDies() { reverxy::test::backendDiesUnderLoad(200'000); }

    void whileTheEngineDrains() {
        for (int i = 0; i < 50; ++i)
            reverxy::test::drainUnderLoad(2'000);
    }
};

QTEST_GUILESS_MAIN(TestSoakNothingLost)
#include "test_soak_nothing_lost.moc"
