// SPDX-License-Identifier: MIT
#include "behaviour/nothing_lost.h"

#include <QTest>

/// A few thousand requests through every change; the soak runs send hundreds of thousands.
class TestNothingLost : public QObject {
    Q_OBJECT

  private Q_SLOTS:

    void whileTheConfigurationIsReloaded() { reverxy::test::reloadUnderLoad(6'000); }

    void whileABackendDies() { reverxy::test::backendDiesUnderLoad(6'000); }

    void whileTheEngineDrains() {
        for (int i = 0; i < 5; ++i)
            reverxy::test::drainUnderLoad(300);
    }
};

QTEST_GUILESS_MAIN(TestNothingLost)
#include "test_nothing_lost.moc"
