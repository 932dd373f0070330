// What `azd up` creates when nothing but the required parameters is set. The names are made up.
using '../main.bicep'

param environmentName = 'roastery-prod'
param location = 'westeurope'
param webhookSecrets = 'made-up-for-the-snapshot'
