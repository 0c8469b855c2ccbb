// SPDX-License-Identifier: MIT
#pragma once

#include "ui/widgets/painted_icon.h"

#include <QAbstractButton>
#include <QButtonGroup>
#include <QVBoxLayout>
#include <QWidget>

namespace reverxy::ui {

/// The window's pages, one below the other. Up and down move among them, Tab leaves.
class NavigationRail : public QWidget {
    Q_OBJECT
  public:
    explicit NavigationRail(QWidget* parent = nullptr);

    /// Its number is the count of those before it.
    void addPage(Sign sign, const QString& name, const QString& tooltip);
    void setCurrent(int page);

    int current() const { return m_buttons.checkedId(); }

  Q_SIGNALS:
    void currentChanged(int page);

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    QButtonGroup m_buttons;
    QVBoxLayout* m_column;
};

/// One of its entries.
class NavigationButton : public QAbstractButton {
    Q_OBJECT
  public:
    NavigationButton(Sign sign, const QString& name, QWidget* parent);

    QSize sizeHint() const override;

  protected:
    void enterEvent(QEnterEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

  private:
    Sign m_sign;
};

} // namespace reverxy::ui
