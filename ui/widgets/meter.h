// SPDX-License-Identifier: MIT
#pragma once

#include <QWidget>

namespace reverxy::ui {

/// A thin bar that shows how much of something is taken. The figures stand in a text beside it.
class Meter : public QWidget {
    Q_OBJECT
  public:
    explicit Meter(const QString& name, QWidget* parent = nullptr);

    void setValue(uint64_t taken, uint64_t limit);

    /// From 0 to 1.
    double share() const { return m_share; }

    QSize sizeHint() const override;

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    double m_share = 0;
};

} // namespace reverxy::ui
